import Gateway

/// The checklist below an account that was just linked.
struct ReadinessView {
    /// One step.
    struct Item {
        let title: String
        /// The state in a word, for those who don't see the sign.
        let state: String
        /// Exactly one of the three is true.
        let isDone: Bool
        let isOpen: Bool
        let isUnknown: Bool
        let fix: String?
        /// Where the app that pairs terminals is to be had, where one has to be paired.
        let apps: Apps?
        let buttons: [Button]
    }

    /// The phone app's addresses.
    struct Apps {
        let appsLabel: String
        let ios: String
        let android: String
    }

    /// A form with one button.
    struct Button {
        /// Where the form goes.
        let action: String
        let label: String
    }

    /// Between two looks of the page by itself, in seconds.
    static let refreshInterval = 10
    /// The page stops looking by itself when the browser's right to see it has no more than this left.
    static let lastRefresh = Duration.seconds(30)

    let heading: String
    let items: [Item]
    /// Says that the page looks by itself.
    let note: String?
    /// Looks again by hand, where the page doesn't.
    let again: ActionView?

    /// What `http-equiv="refresh"` says; `nil` where the page stays as it is.
    var refresh: String? { note == nil ? nil : String(Self.refreshInterval) }

    /// Puts a report into the words of the setting's language.
    ///
    /// - Parameters:
    ///   - report: What was seen.
    ///   - token: The link that the browser came by.
    ///   - end: Until when it may see this page.
    ///   - setting: Whose page, in which language.
    init(_ report: ReadinessReport, token: LinkToken, until end: Timestamp, _ setting: PageSetting) {
        let copy = setting.locale.readiness
        let brand = setting.brand
        let language = "?lang=\(setting.locale.rawValue)"
        var said: Set<String> = []
        heading = copy.heading
        // Whether the integrator's own endpoints answer is nothing that a shop owner can do anything about.
        items = report.readiness.items.filter { $0.step != .endpointAnswering }.map { item in
            let terminals: [TerminalID] = item.actions.compactMap { action -> TerminalID? in
                if case .setPDV(let terminal) = action { terminal } else { nil }
            }
            // What one step has said the next need not repeat.
            let fix = copy.fix(item.reason, brand).flatMap { said.insert($0).inserted ? $0 : nil }
            return Item(
                title: copy.title(item.step, brand), state: copy.state(item.state), isDone: item.state == .done,
                isOpen: item.state == .open, isUnknown: item.state == .unknown,
                fix: item.state == .done ? nil : fix,
                apps: fix != nil && item.reason == .noTerminal
                    ? Apps(appsLabel: copy.appsLabel, ios: PhoneApp.ios, android: PhoneApp.android) : nil,
                buttons: terminals.map { terminal in
                    Button(
                        action: token.pdvPath(of: terminal) + language,
                        label: copy.pdvButton(terminals.count > 1 ? terminal.description : nil))
                })
        }
        let isFound = report.readiness.item(.terminalPaired).state == .done
        let looksAgain = !isFound && report.checkedAt + Self.lastRefresh < end
        note = looksAgain ? copy.refreshing : nil
        again =
            looksAgain || report.readiness.isComplete
            ? nil : ActionView(href: token.donePath + language, label: copy.lookAgain)
    }
}
