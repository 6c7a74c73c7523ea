import Gateway

/// A terminal as the API shows it.
struct TerminalResource: Encodable {
    let id: String
    let operatingMode, storeID, posID, externalPosID: String?

    init(_ terminal: Terminal) {
        id = terminal.id.description
        operatingMode = terminal.mode?.rawValue
        storeID = terminal.store
        posID = terminal.pointOfSale
        externalPosID = terminal.externalPointOfSale
    }
}

/// A seller's checklist as the API shows it.
struct ReadinessResource: Encodable {
    /// One step.
    struct Step: Encodable {
        let step, state, reason, why: String
        let fix, seenAt: String?
        let tellOwner: OwnerText?
        let actions: [Action]?
    }

    /// What to tell the shop owner, in the languages of the pages.
    struct OwnerText: Encodable {
        let es, pt, en: String
    }

    /// A call of this API that takes the step.
    struct Action: Encodable {
        let method, path: String
    }

    /// Where the phone app that pairs terminals is to be had.
    struct Apps: Encodable {
        let ios, android: String
    }

    let seller, checkedAt: String
    let connection, application: String?
    let complete: Bool
    let steps: [Step]
    let terminals: [TerminalResource]
    let apps: Apps

    init(_ report: ReadinessReport) {
        seller = report.seller.id.description
        connection = report.connection?.id.description
        application = report.application?.id.description
        checkedAt = report.checkedAt.description
        complete = report.readiness.isComplete
        terminals = report.terminals.map { TerminalResource($0) }
        apps = Apps(ios: PhoneApp.ios, android: PhoneApp.android)
        steps = report.readiness.items.map { Self.step($0, report) }
    }

    private static func step(_ item: Readiness.Item, _ report: ReadinessReport) -> Step {
        let brand = report.application?.brand ?? "Enlace"
        let text = ReadinessText(item.reason)
        var owner: OwnerText?
        if let es = SpanishReadiness().fix(item.reason, brand), let pt = PortugueseReadiness().fix(item.reason, brand),
            let en = EnglishReadiness().fix(item.reason, brand)
        {
            owner = OwnerText(es: es, pt: pt, en: en)
        }
        let isDone = item.state == .done
        return Step(
            step: item.step.rawValue, state: item.state.rawValue, reason: item.reason.rawValue, why: text.why,
            fix: text.fix, seenAt: item.seenAt?.description, tellOwner: isDone ? nil : owner,
            actions: item.actions.isEmpty ? nil : item.actions.map { action($0, report.seller) })
    }

    private static func action(_ action: Readiness.Action, _ seller: Seller) -> Action {
        let own = "/v1/sellers/\(seller.id)"
        let path =
            switch action {
            case .makeLink: "\(own)/links"
            case .confirm(let connection): "\(own)/connections/\(connection)/confirm"
            case .setPDV(let terminal): "\(own)/terminals/\(terminal)/pdv"
            case .registerWebhook(let connection): "\(own)/connections/\(connection)/webhook"
            case .addEndpoint: "\(own)/endpoints"
            case .testEndpoint(let endpoint): "/v1/endpoints/\(endpoint)/test"
            case .resumeEndpoint(let endpoint): "/v1/endpoints/\(endpoint)/resume"
            }
        return Action(method: "POST", path: path)
    }
}

/// What a reason means and what to do about it, for the integrator's own people.
struct ReadinessText {
    let why: String
    let fix: String?

    init(_ reason: Readiness.Reason) {
        (why, fix) = Self.text(reason)
    }

    private static func text(_ reason: Readiness.Reason) -> (why: String, fix: String?) {
        switch reason {
        case .linked: ("The account is linked.", nil)
        case .paired: ("A terminal is paired with the account.", nil)
        case .assigned: ("A terminal has a store and a point of sale.", nil)
        case .inPDVMode: ("A terminal is in PDV mode.", nil)
        case .valid: ("The provider has seen the gateway's webhook answer.", nil)
        case .answering: ("The newest delivery that was tried has arrived.", nil)
        case .paymentSeen: ("A payment was told of.", nil)
        case .notLinked: ("No account is linked.", "Create an onboarding link and send it to the shop.")
        case .awaitingConfirmation: ("The link waits to be confirmed.", "Confirm that it is the right account.")
        case .relinkNeeded:
            ("The shop has to allow the link again.", "Create an onboarding link and send it to the shop.")
        case .revoked: ("The link was revoked.", "Create an onboarding link and send it to the shop.")
        case .noTerminal:
            ("No terminal is paired with the account.", "The shop pairs it by QR code in the provider's phone app.")
        case .noStore: ("The account has no store.", "Create one through the proxy, or the shop does in the app.")
        case .noPointOfSale:
            (
                "The account's store has no point of sale.",
                "Create one through the proxy, or the shop does in the app."
            )
        case .notAssigned:
            (
                "No terminal has a store and a point of sale.",
                "The shop chooses both on the terminal or in the app."
            )
        case .standalone: ("No terminal is in PDV mode.", "Set one to PDV mode and have it restarted.")
        case .restartNeeded:
            (
                "A terminal was set to PDV mode here, and the provider still shows STANDALONE.",
                "Have it restarted; if that does not help, set it again."
            )
        case .restartNotSeen:
            (
                "A terminal was set to PDV mode here; whether it has restarted since can't be seen.",
                "Have it restarted, and charge: the first payment proves it."
            )
        case .registering: ("The webhook is being registered.", "Wait a minute; it goes on by itself.")
        case .heldAfterImport:
            (
                "The connection was imported, and the other system may still answer at its webhook.",
                "Once that has stopped, adopt the application's imported grants."
            )
        case .notValid:
            (
                "The provider has not seen the webhook answer.",
                "Register it again; see the connection's webhook_problem."
            )
        case .elsewhere:
            ("The account's webhook leads elsewhere; somebody else has set it.", "Register it again.")
        case .noEndpoint: ("No endpoint gets this seller's events.", "Create one, of the seller or your own.")
        case .notActivated:
            ("No endpoint has answered its test event yet.", "Answer it with 2xx; send another one when it is up.")
        case .paused: ("The endpoint is paused.", "Resume it; what waits is delivered then.")
        case .disabled: ("The endpoint has answered 410 and is disabled.", "Resume it once it is back.")
        case .failing:
            (
                "The newest delivery that was tried has failed.",
                "Look at its attempts; deliveries go on by themselves."
            )
        case .nothingTried: ("Nothing was delivered lately.", "Send the endpoint a test event.")
        case .noPayment: ("No payment was told of yet.", "Make a small charge at the terminal.")
        case .notTold: ("The provider does not say.", "Look at the terminal's own settings.")
        case .tokenUnavailable:
            ("The tokens can't be used just now.", "Refresh the connection; it answers what is wrong.")
        case .tokenRefused:
            ("The provider does not accept the token.", "Refresh the connection; if that fails, send a new link.")
        case .upstreamUnreachable: ("The provider gave no answer.", "Ask again in a minute.")
        case .upstreamLimited: ("The provider asks for a pause.", "Ask again when it is over.")
        case .upstreamRefused:
            ("The provider refused to say.", "Check that the application may use its terminals' API.")
        }
    }
}
