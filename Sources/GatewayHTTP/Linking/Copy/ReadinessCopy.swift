import Gateway

/// Every word of the checklist that shop owners see; one type per language, so that a missing sentence does not compile.
///
/// `brand` is the integrator's brand and hostile input; the templates escape it.
protocol ReadinessCopy: Sendable {
    /// Above the list.
    var heading: String { get }
    /// What a state is called, for those who don't see the sign before the step.
    func state(_ state: Readiness.State) -> String
    /// What a step is about.
    func title(_ step: Readiness.Step, _ brand: String) -> String
    /// What the shop owner does about it; `nil` where it is done, or there is nothing that a shop owner can do.
    func fix(_ reason: Readiness.Reason, _ brand: String) -> String?
    /// Sets a terminal to PDV mode; names it where there are several.
    func pdvButton(_ terminal: String?) -> String
    /// Before the addresses of the phone app.
    var appsLabel: String { get }
    /// The page looks again by itself.
    var refreshing: String { get }
    /// The page has stopped looking by itself.
    var lookAgain: String { get }
    /// The provider did not take the change of the mode.
    func pdvRefused(_ brand: String) -> NoticeText
    /// Goes back to the list.
    var backToList: String { get }
}

/// Where the phone app that pairs terminals is to be had (the guide's step 2).
enum PhoneApp {
    /// For iPhones.
    static let ios = "https://apps.apple.com/app/mercado-pago/id925436649"
    /// For Android phones.
    static let android = "https://play.google.com/store/apps/details?id=com.mercadopago.wallet"
}

extension PageLocale {
    /// The checklist's words in this language.
    var readiness: any ReadinessCopy {
        switch self {
        case .es: SpanishReadiness()
        case .pt: PortugueseReadiness()
        case .en: EnglishReadiness()
        }
    }
}
