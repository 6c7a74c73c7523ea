/// How far a seller is on the way to its first charge, step by step.
///
/// Decides from evidence alone; gathers nothing. What can't be known is ``State/unknown`` and never guessed.
public struct Readiness: Hashable, Sendable {
    /// The steps in the order in which a shop takes them.
    public enum Step: String, Sendable, CaseIterable {
        case linked
        case terminalPaired = "terminal_paired"
        case storeAndPOS = "store_and_pos"
        case pdvMode = "pdv_mode"
        case webhookValid = "webhook_valid"
        case endpointAnswering = "endpoint_answering"
        case firstPayment = "first_payment"
    }

    /// Whether a step is taken.
    public enum State: String, Sendable, CaseIterable {
        case done, open, unknown
    }

    /// Why a step is in its state, a closed set.
    public enum Reason: String, Sendable, CaseIterable {
        // What is done.
        case linked, paired, assigned
        case inPDVMode = "in_pdv_mode"
        case valid, answering
        case paymentSeen = "payment_seen"
        // What is open.
        case notLinked = "not_linked"
        case awaitingConfirmation = "awaiting_confirmation"
        case relinkNeeded = "relink_needed"
        case revoked
        case noTerminal = "no_terminal"
        case noStore = "no_store"
        case noPointOfSale = "no_point_of_sale"
        case notAssigned = "not_assigned"
        case standalone
        case restartNeeded = "restart_needed"
        case registering
        case heldAfterImport = "held_after_import"
        case notValid = "not_valid"
        case elsewhere
        case noEndpoint = "no_endpoint"
        case notActivated = "not_activated"
        case paused, disabled, failing
        case noPayment = "no_payment"
        // What can't be known just now.
        case restartNotSeen = "restart_not_seen"
        case nothingTried = "nothing_tried"
        case notTold = "not_told"
        case tokenUnavailable = "token_unavailable"
        case tokenRefused = "token_refused"
        case upstreamUnreachable = "upstream_unreachable"
        case upstreamLimited = "upstream_limited"
        case upstreamRefused = "upstream_refused"
    }

    /// What a caller of the API can do about a step.
    public enum Action: Hashable, Sendable {
        /// Make an onboarding link and send it.
        case makeLink
        /// Confirm that it is the right account.
        case confirm(ConnectionID)
        /// Set a terminal to PDV mode.
        case setPDV(TerminalID)
        /// Register the connection's webhook again.
        case registerWebhook(ConnectionID)
        /// Give the seller an endpoint.
        case addEndpoint
        /// Send an endpoint a test event.
        case testEndpoint(EndpointID)
        /// Let an endpoint send again.
        case resumeEndpoint(EndpointID)
    }

    /// One step of the list.
    public struct Item: Hashable, Sendable {
        /// Which step.
        public let step: Step
        /// Whether it is taken.
        public let state: State
        /// Why it is in this state.
        public let reason: Reason
        /// What can be done about it by API; empty where it is done, or a person has to.
        public let actions: [Action]
        /// When what makes it done was seen, where that is known.
        public let seenAt: Timestamp?
    }

    /// Event types that tell of a payment.
    ///
    /// An intent can end `finished` without an approved payment; it proves all the same that charges arrive.
    static let paymentTypes: Set = [
        "payment", "payment.created", "payment.updated", "point.payment_intent.finished", "order.processed",
    ]

    /// Every step once, in order.
    public let items: [Item]

    /// Whether every step is done.
    public var isComplete: Bool { items.allSatisfy { $0.state == .done } }

    /// Judges every step.
    public init(_ evidence: ReadinessEvidence) {
        items = Step.allCases.map { step in
            switch step {
            case .linked: Self.linked(evidence)
            case .terminalPaired: Self.terminalPaired(evidence)
            case .storeAndPOS: Self.storeAndPOS(evidence)
            case .pdvMode: Self.pdvMode(evidence)
            case .webhookValid: Self.webhookValid(evidence)
            case .endpointAnswering: Self.endpointAnswering(evidence)
            case .firstPayment: Self.firstPayment(evidence)
            }
        }
    }

    /// The one item of a step.
    public func item(_ step: Step) -> Item {
        guard let item = items.first(where: { $0.step == step }) else {
            preconditionFailure("The step \(step.rawValue) was not judged.")
        }
        return item
    }
}

// Each step's rule.
extension Readiness {
    private static func linked(_ evidence: ReadinessEvidence) -> Item {
        guard let link = evidence.link else { return open(.linked, .notLinked, .makeLink) }
        switch link.state {
        case .awaitingConfirmation: return open(.linked, .awaitingConfirmation, .confirm(link.connection))
        case .needsRelink: return open(.linked, .relinkNeeded, .makeLink)
        case .revoked, .erased: return open(.linked, .revoked, .makeLink)
        case .configuring, .linked:
            // Expired or revoked at the provider: the next refresh or probe finds out which.
            for missing in [gap(evidence.terminals), gap(evidence.webhook)] {
                if let missing, missing == .tokenUnavailable || missing == .tokenRefused {
                    return unseen(.linked, missing)
                }
            }
            return done(.linked, .linked)
        }
    }

    private static func terminalPaired(_ evidence: ReadinessEvidence) -> Item {
        switch evidence.terminals {
        case .failure(let gap): unseen(.terminalPaired, gap)
        case .success(let terminals) where terminals.isEmpty: open(.terminalPaired, .noTerminal)
        case .success: done(.terminalPaired, .paired)
        }
    }

    private static func storeAndPOS(_ evidence: ReadinessEvidence) -> Item {
        switch evidence.terminals {
        case .failure(let gap): return unseen(.storeAndPOS, gap)
        case .success(let terminals):
            // One is enough: the shop can charge with it, and the list of terminals shows the others.
            if terminals.contains(where: \.isAssigned) { return done(.storeAndPOS, .assigned) }
            if !terminals.isEmpty, terminals.allSatisfy({ $0.mode == nil }) {
                return unknown(.storeAndPOS, .notTold)
            }
            guard case .success(let places) = evidence.places else { return open(.storeAndPOS, .notAssigned) }
            guard places.hasStore else { return open(.storeAndPOS, .noStore) }
            return open(.storeAndPOS, places.hasPointOfSale ? .notAssigned : .noPointOfSale)
        }
    }

    private static func pdvMode(_ evidence: ReadinessEvidence) -> Item {
        switch evidence.terminals {
        case .failure(let gap): return unseen(.pdvMode, gap)
        case .success(let terminals):
            guard !terminals.isEmpty else { return open(.pdvMode, .noTerminal) }
            let inMode = terminals.filter { $0.mode == .pdv }
            // The provider shows the mode that was asked for; that the terminal has restarted shows by a charge alone.
            if inMode.contains(where: { isProved($0, evidence) }) { return done(.pdvMode, .inPDVMode) }
            guard inMode.isEmpty else { return unknown(.pdvMode, .restartNotSeen) }
            let alone = terminals.filter { $0.mode == .standalone }
            guard !alone.isEmpty else { return unknown(.pdvMode, .notTold) }
            let ready = alone.filter(\.isAssigned)
            guard !ready.isEmpty else { return open(.pdvMode, .notAssigned) }
            let wasSet = ready.contains { evidence.modeChanges[$0.id] != nil }
            return item(.pdvMode, .open, wasSet ? .restartNeeded : .standalone, ready.map { .setPDV($0.id) })
        }
    }

    private static func isProved(_ terminal: Terminal, _ evidence: ReadinessEvidence) -> Bool {
        guard let change = evidence.modeChanges[terminal.id] else { return true }
        return evidence.payments.map { $0.last > change } ?? false
    }

    private static func webhookValid(_ evidence: ReadinessEvidence) -> Item {
        guard let link = evidence.link, link.state.isUsable else { return unknown(.webhookValid, .notLinked) }
        guard !link.isHeld else { return open(.webhookValid, .heldAfterImport) }
        switch evidence.webhook {
        case .failure(let gap): return unseen(.webhookValid, gap)
        case .success(let webhook):
            if webhook.isOurs, webhook.isValid { return done(.webhookValid, .valid) }
            if link.state == .configuring { return open(.webhookValid, .registering) }
            return open(
                .webhookValid, webhook.isOurs ? .notValid : .elsewhere, .registerWebhook(link.connection))
        }
    }

    private static func endpointAnswering(_ evidence: ReadinessEvidence) -> Item {
        let active = evidence.endpoints.filter { $0.state == .active }
        if let good = active.first(where: { $0.lastArrived == true }) {
            return item(.endpointAnswering, .done, .answering, [], seenAt: good.lastDeliveredAt)
        }
        if let bad = active.first(where: { $0.lastArrived == false }) {
            return open(.endpointAnswering, .failing, .testEndpoint(bad.endpoint))
        }
        if let quiet = active.first {
            return item(.endpointAnswering, .unknown, .nothingTried, [.testEndpoint(quiet.endpoint)])
        }
        guard let first = evidence.endpoints.first else {
            return open(.endpointAnswering, .noEndpoint, .addEndpoint)
        }
        switch first.state {
        case .pending, .active: return open(.endpointAnswering, .notActivated, .testEndpoint(first.endpoint))
        case .paused: return open(.endpointAnswering, .paused, .resumeEndpoint(first.endpoint))
        case .disabled: return open(.endpointAnswering, .disabled, .resumeEndpoint(first.endpoint))
        }
    }

    private static func firstPayment(_ evidence: ReadinessEvidence) -> Item {
        guard let payments = evidence.payments else { return open(.firstPayment, .noPayment) }
        return item(.firstPayment, .done, .paymentSeen, [], seenAt: payments.first)
    }

    private static func gap<Value>(_ result: Result<Value, ReadinessEvidence.Gap>) -> ReadinessEvidence.Gap? {
        if case .failure(let gap) = result { gap } else { nil }
    }

    private static func done(_ step: Step, _ reason: Reason) -> Item { item(step, .done, reason, []) }

    private static func open(_ step: Step, _ reason: Reason, _ action: Action? = nil) -> Item {
        item(step, .open, reason, action.map { [$0] } ?? [])
    }

    private static func unknown(_ step: Step, _ reason: Reason) -> Item { item(step, .unknown, reason, []) }

    private static func unseen(_ step: Step, _ gap: ReadinessEvidence.Gap) -> Item {
        let reason: Reason =
            switch gap {
            case .notLinked: .notLinked
            case .tokenUnavailable: .tokenUnavailable
            case .tokenRefused: .tokenRefused
            case .unreachable: .upstreamUnreachable
            case .limited: .upstreamLimited
            case .refused: .upstreamRefused
            }
        return unknown(step, reason)
    }

    private static func item(
        _ step: Step, _ state: State, _ reason: Reason, _ actions: [Action], seenAt: Timestamp? = nil
    ) -> Item {
        Item(step: step, state: state, reason: reason, actions: actions, seenAt: seenAt)
    }
}
