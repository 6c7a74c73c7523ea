import Gateway

/// The checklist in English.
struct EnglishReadiness: ReadinessCopy {
    let heading = "To start charging"

    func state(_ state: Readiness.State) -> String {
        switch state {
        case .done: "Done"
        case .open: "To do"
        case .unknown: "Not confirmed"
        }
    }

    func title(_ step: Readiness.Step, _ brand: String) -> String {
        switch step {
        case .linked: "Account linked"
        case .terminalPaired: "Terminal paired with your account"
        case .storeAndPOS: "Terminal with a store and a cash desk"
        case .pdvMode: "Terminal in integrated (PDV) mode"
        case .webhookValid: "Mercado Pago's notices to \(brand)"
        case .endpointAnswering: "Notices to your till"
        case .firstPayment: "First charge"
        }
    }

    func fix(_ reason: Readiness.Reason, _ brand: String) -> String? {
        switch reason {
        case .linked, .paired, .assigned, .inPDVMode, .valid, .answering, .paymentSeen: nil
        case .notLinked, .relinkNeeded, .revoked:
            "Open the link that \(brand) sends you and link your Mercado Pago account."
        case .awaitingConfirmation: "\(brand) is confirming the account; there is nothing for you to do."
        case .noTerminal:
            "Switch the terminal on. On your phone, open the Mercado Pago app with this same account and scan the QR "
                + "code that the terminal shows."
        case .noStore: "Create a store and a cash desk in the Mercado Pago app and assign the terminal to them."
        case .noPointOfSale: "Create a cash desk for your store in the Mercado Pago app and assign the terminal to it."
        case .notAssigned:
            "Choose on the terminal, or in the Mercado Pago app, the store and cash desk where it stands."
        case .standalone: "Switch the terminal to integrated mode, then restart it."
        case .restartNeeded:
            "Restart the terminal: switch it off and on again. If nothing changes, use the button once more."
        case .restartNotSeen:
            "Restart the terminal now: switch it off and on again. Your first charge will confirm it."
        case .noPayment: "Make a small charge from \(brand)."
        case .notTold: "Check on the terminal that it has a store, a cash desk and integrated mode."
        case .registering: "It is being set up; there is nothing for you to do."
        case .heldAfterImport, .notValid, .elsewhere, .noEndpoint, .notActivated, .paused, .disabled, .failing,
            .nothingTried:
            "This is a technical step for \(brand); there is nothing for you to do."
        case .tokenUnavailable, .tokenRefused, .upstreamUnreachable, .upstreamLimited, .upstreamRefused:
            "We couldn't ask Mercado Pago just now. Look again in a few minutes."
        }
    }

    func pdvButton(_ terminal: String?) -> String {
        terminal.map { "Switch \($0) to integrated mode" } ?? "Switch the terminal to integrated mode"
    }
    let appsLabel = "The Mercado Pago app:"
    let refreshing = "This page looks for your terminal and updates by itself every few seconds."
    let lookAgain = "Update the list"
    func pdvRefused(_ brand: String) -> NoticeText {
        NoticeText(
            "We couldn't change the terminal's mode",
            "Mercado Pago refused the change or didn't answer. Check that the terminal has a store and a cash desk, and "
                + "that the cash desk has no other terminal in integrated mode.",
            "Try again in a few minutes, or ask \(brand).")
    }
    let backToList = "Back to the list"
}
