import Gateway

/// Every word of the pages that shop owners see; one type per language, so that a missing sentence does not compile.
///
/// `brand` is the integrator's brand and `shop` the seller's name. Both are hostile input; the templates escape them.
/// The names of menus at the provider stand here and nowhere else.
protocol PageCopy: MessageCopy, DetourCopy, StatusCopy, Sendable {
    // MARK: The frame

    /// The language as `lang` and `hreflang` name it (BCP 47).
    var languageTag: String { get }
    /// The language's own name for itself.
    var languageName: String { get }
    /// What the row of languages is, for those who hear it.
    var languagesLabel: String { get }
    /// Stands before the product's name at the foot.
    var footer: String { get }
    /// Says that no real money moves.
    var testMode: String { get }
    /// Where to ask, before the contact that the integrator gave.
    func ask(_ brand: String) -> String
    /// Where to ask when there is no contact.
    var askSender: String { get }
    /// The number under which the operator finds the request.
    func reference(_ request: String) -> String
    /// A country's name, or its code where it has none here.
    func country(_ site: SiteID) -> String
    /// A moment in words, with its distance from UTC.
    func moment(_ moment: LocalMoment) -> String

    // MARK: The invitation

    /// What it is about.
    func inviteTitle(_ brand: String) -> String
    /// Who asks for what, for which shop.
    func inviteLead(_ brand: String, shop: String) -> String
    /// Before what the integrator will be able to do.
    func canHeading(_ brand: String) -> String
    /// What the proxy's allow-list lets through; bound to it by a test.
    var can: [String] { get }
    /// Before what the integrator will not be able to do.
    var cannotHeading: String { get }
    /// What the proxy's allow-list has no route for; bound to it by a test.
    var cannot: [String] { get }
    /// To log in as the account's owner.
    var ownerHeading: String { get }
    /// Why a collaborator's login leads nowhere (REF §1.1).
    var ownerText: String { get }
    /// Starts the linking.
    var inviteButton: String { get }
    /// Until when the link can be used.
    func inviteExpires(_ moment: String) -> String

    // MARK: On the way

    /// Says where the browser goes now.
    var onwardTitle: String { get }
    /// What to do if it doesn't, and what comes after.
    func onwardText(_ brand: String) -> String
    /// Goes there by hand.
    var onwardButton: String { get }
    /// What to do when the provider shows an error and does not come back.
    var onwardHint: String { get }

    // MARK: Linked

    /// The account is linked.
    var linkedTitle: String { get }
    /// What that means.
    func linkedLead(_ brand: String) -> String
    /// The account was linked, and the integrator has to confirm it.
    var awaitingTitle: String { get }
    /// What that means.
    func awaitingLead(_ brand: String) -> String
    /// That nothing is left to do, and what happens if nobody confirms.
    func progressAwaiting(_ brand: String) -> String
    /// Before the account's name.
    var accountLabel: String { get }
    /// Before the shop's name.
    func shopLabel(_ brand: String) -> String
    /// Whether account and shop are the right ones.
    var question: String { get }
    /// What undoing does and until when it works here.
    func undoText(_ brand: String) -> String
    /// Undoes the linking.
    var undoButton: String { get }
    /// The webhook is still being set up.
    var progressConfiguring: String { get }
    /// Everything is set up.
    var progressLinked: String { get }
    /// The webhook could not be set up; the integrator sees why.
    func progressFailed(_ brand: String) -> String
    /// Before what is left to do.
    var stepsHeading: String { get }
    /// The guide's step 2: pair, assign, integrated mode, restart.
    func steps(_ brand: String) -> [String]
    /// How to take the permission back later.
    func unlink(_ brand: String) -> String
    /// Where the permission stays listed once Enlace has destroyed the tokens; for the integrator to pass on.
    var removeAtProvider: String { get }

    // MARK: Everything else

    /// No answer of the provider yet.
    var working: NoticeText { get }
    /// The shop owner said no.
    var denied: NoticeText { get }
    /// Another account than the one that is expected or linked.
    func accountMismatch(_ brand: String, shop: String) -> NoticeText
    /// The account belongs to another seller here.
    func accountTaken(_ brand: String) -> NoticeText
    /// The account is of another country than the application.
    func unsupportedSite(_ brand: String, country: String) -> NoticeText
    /// The provider did not give what was asked of it.
    var providerTrouble: NoticeText { get }
    /// The linking was taken back.
    func undone(_ brand: String) -> NoticeText
    /// The link's time is over.
    func linkExpired(_ brand: String) -> NoticeText
    /// An account was linked by this link already.
    func linkUsed(_ brand: String) -> NoticeText
    /// The integrator took the link back.
    func linkRevoked(_ brand: String) -> NoticeText
    /// The integrator has switched the shop off for the time being.
    func sellerDisabled(_ brand: String, shop: String) -> NoticeText
    /// No link is spelled like this.
    var linkUnknown: NoticeText { get }
    /// Another browser started this.
    var otherBrowser: NoticeText { get }
    /// The authorization is over, used, or belongs elsewhere.
    var staleAuthorization: NoticeText { get }
    /// This browser has linked nothing lately.
    var nothingHere: NoticeText { get }
    /// The form came from another site, or is not ours.
    var foreignForm: NoticeText { get }
    /// Storage or provider can't be reached just now.
    var temporaryTrouble: NoticeText { get }

    // MARK: Buttons

    /// Begins again after a refusal.
    var tryAgain: String { get }
    /// Begins again while an attempt is under way.
    var startOver: String { get }
    /// Goes to the link's first page.
    var openLink: String { get }
    /// Goes to what this browser's attempt came to.
    var seeResult: String { get }
    /// Goes back to the integrator.
    func back(_ brand: String) -> String
}

/// A heading and what stands below it.
struct NoticeText: Sendable {
    /// What happened, in a few words.
    let title: String
    /// What it means and what to do, one thought a paragraph.
    var paragraphs: [String]

    /// Takes the heading and the paragraphs in their order.
    init(_ title: String, _ paragraphs: String...) {
        self.title = title
        self.paragraphs = paragraphs
    }
}

extension PageLocale {
    /// The words in this language.
    var copy: any PageCopy {
        switch self {
        case .es: SpanishCopy()
        case .pt: PortugueseCopy()
        case .en: EnglishCopy()
        }
    }
}
