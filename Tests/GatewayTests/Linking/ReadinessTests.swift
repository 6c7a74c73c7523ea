import Gateway
import TestSupport
import Testing

@Suite("Readiness")
struct ReadinessTests {
    private typealias Item = Readiness.Item

    private let fixtures = Fixtures()
    private let start = Timestamp(milliseconds: 1_767_225_600_000)

    private func terminal(
        _ id: String = "PAX__1", _ mode: Terminal.Mode? = .pdv, store: String? = "1", desk: String? = "2"
    ) -> Terminal {
        Terminal(id: TerminalID(id)!, mode: mode, store: store, pointOfSale: desk)
    }

    private func sign(_ state: Endpoint.State, _ arrived: Bool?, own: Bool = true) -> EndpointSign {
        EndpointSign(
            endpoint: fixtures.ids.next(), isSellersOwn: own, state: state, lastArrived: arrived,
            lastDeliveredAt: arrived == true ? start : nil)
    }

    /// A shop that has everything.
    private func ready() -> ReadinessEvidence {
        ReadinessEvidence(
            link: ReadinessEvidence.Link(connection: fixtures.ids.next(), state: .linked, isHeld: false),
            terminals: .success([terminal()]), places: .failure(.notLinked), modeChanges: [:],
            webhook: .success(ReadinessEvidence.Webhook(isOurs: true, isValid: true)),
            endpoints: [sign(.active, true)], payments: EventSpan(first: start, last: start))
    }

    private func judged(_ step: Readiness.Step, _ change: (inout ReadinessEvidence) -> Void) -> Item {
        var evidence = ready()
        change(&evidence)
        return Readiness(evidence).item(step)
    }

    @Test("lists every step once, in order, and is complete when each is done")
    func complete() {
        let readiness = Readiness(ready())
        #expect(readiness.items.map(\.step) == Readiness.Step.allCases)
        #expect(readiness.items.allSatisfy { $0.state == .done && $0.actions.isEmpty })
        #expect(readiness.isComplete)
        var evidence = ready()
        evidence.payments = nil
        #expect(!Readiness(evidence).isComplete)
    }

    @Test("of a seller who was never linked is open where something is to be done, and guesses nothing")
    func neverLinked() {
        let readiness = Readiness(ReadinessEvidence())
        #expect(
            readiness.items.map(\.state) == [.open, .unknown, .unknown, .unknown, .unknown, .open, .open])
        #expect(readiness.items.map(\.reason).prefix(5).allSatisfy { $0 == .notLinked })
        #expect(readiness.item(.linked).actions == [.makeLink])
        #expect(readiness.item(.endpointAnswering).reason == .noEndpoint)
        #expect(!readiness.isComplete)
    }

    @Test(
        "takes the link's step from the connection's state",
        arguments: [
            (Connection.State.awaitingConfirmation, Readiness.State.open, Readiness.Reason.awaitingConfirmation),
            (.configuring, .done, .linked), (.linked, .done, .linked), (.needsRelink, .open, .relinkNeeded),
            (.revoked, .open, .revoked), (.erased, .open, .revoked),
        ])
    func linked(connection: Connection.State, state: Readiness.State, reason: Readiness.Reason) {
        let item = judged(.linked) {
            $0.link = ReadinessEvidence.Link(connection: fixtures.ids.next(), state: connection, isHeld: false)
        }
        #expect(item.state == state)
        #expect(item.reason == reason)
    }

    @Test("offers to confirm an account that waits for it, and looks at nothing of it before")
    func confirmation() throws {
        let connection: ConnectionID = fixtures.ids.next()
        let evidence = ReadinessEvidence(
            link: ReadinessEvidence.Link(connection: connection, state: .awaitingConfirmation, isHeld: false))
        #expect(Readiness(evidence).item(.linked).actions == [.confirm(connection)])
        #expect(Readiness(evidence).item(.terminalPaired).state == .unknown)
    }

    @Test("doubts the link when the provider refuses the token, and says why")
    func refusedToken() {
        let terminals = judged(.linked) { $0.terminals = .failure(.tokenRefused) }
        #expect(terminals.state == .unknown && terminals.reason == .tokenRefused)
        let webhook = judged(.linked) { $0.webhook = .failure(.tokenUnavailable) }
        #expect(webhook.state == .unknown && webhook.reason == .tokenUnavailable)
        #expect(judged(.linked) { $0.terminals = .failure(.unreachable) }.state == .done)
    }

    @Test(
        "leaves unknown what the provider did not show, and the rest as it is",
        arguments: [
            (ReadinessEvidence.Gap.unreachable, Readiness.Reason.upstreamUnreachable),
            (.limited, .upstreamLimited), (.refused, .upstreamRefused), (.tokenRefused, .tokenRefused),
        ])
    func gaps(gap: ReadinessEvidence.Gap, reason: Readiness.Reason) {
        for step in [Readiness.Step.terminalPaired, .storeAndPOS, .pdvMode] {
            let item = judged(step) { $0.terminals = .failure(gap) }
            #expect(item.state == .unknown && item.reason == reason)
            #expect(judged(step) { $0.webhook = .failure(gap) }.state == .done)
        }
        let item = judged(.webhookValid) { $0.webhook = .failure(gap) }
        #expect(item.state == .unknown && item.reason == reason)
        #expect(judged(.webhookValid) { $0.terminals = .failure(gap) }.state == .done)
        #expect(judged(.firstPayment) { $0.terminals = .failure(gap) }.state == .done)
    }

    @Test("asks for a terminal where there is none")
    func noTerminal() {
        #expect(judged(.terminalPaired) { $0.terminals = .success([]) }.reason == .noTerminal)
        let mode = judged(.pdvMode) { $0.terminals = .success([]) }
        #expect(mode.state == .open && mode.reason == .noTerminal)
    }

    @Test("says what is missing before a terminal can stand somewhere")
    func places() {
        let nowhere = terminal(store: nil, desk: nil)
        func reason(_ places: Result<ReadinessEvidence.Places, ReadinessEvidence.Gap>) -> Item {
            judged(.storeAndPOS) {
                $0.terminals = .success([nowhere])
                $0.places = places
            }
        }
        let none = ReadinessEvidence.Places(hasStore: false, hasPointOfSale: false)
        #expect(reason(.success(none)).reason == .noStore)
        let store = ReadinessEvidence.Places(hasStore: true, hasPointOfSale: false)
        #expect(reason(.success(store)).reason == .noPointOfSale)
        let both = ReadinessEvidence.Places(hasStore: true, hasPointOfSale: true)
        #expect(reason(.success(both)).reason == .notAssigned)
        // It is open whatever the places are.
        let unseen = reason(.failure(.limited))
        #expect(unseen.state == .open && unseen.reason == .notAssigned)
    }

    @Test("is content with one terminal that stands at a point of sale")
    func oneIsEnough() {
        let item = judged(.storeAndPOS) {
            $0.terminals = .success([terminal("PAX__1", .pdv, store: nil, desk: nil), terminal("PAX__2")])
        }
        #expect(item.state == .done)
    }

    @Test("offers to set each terminal that works alone and stands somewhere to PDV mode")
    func standalone() {
        let item = judged(.pdvMode) {
            $0.terminals = .success([
                terminal("PAX__1", .standalone), terminal("PAX__2", .standalone, desk: nil),
                terminal("PAX__3", .standalone),
            ])
        }
        #expect(item.state == .open && item.reason == .standalone)
        #expect(item.actions == [.setPDV(TerminalID("PAX__1")!), .setPDV(TerminalID("PAX__3")!)])
        let nowhere = judged(.pdvMode) { $0.terminals = .success([terminal("PAX__1", .standalone, store: nil)]) }
        #expect(nowhere.reason == .notAssigned && nowhere.actions.isEmpty)
    }

    @Test("takes a change of mode that was made here for done only once a charge shows the restart")
    func restart() {
        let change = [TerminalID("PAX__1")!: start + .seconds(60)]
        func item(_ payments: EventSpan?, _ mode: Terminal.Mode = .pdv) -> Item {
            judged(.pdvMode) {
                $0.terminals = .success([terminal("PAX__1", mode)])
                $0.modeChanges = change
                $0.payments = payments
            }
        }
        #expect(item(nil).state == .unknown && item(nil).reason == .restartNotSeen)
        #expect(item(EventSpan(first: start, last: start)).state == .unknown)
        #expect(item(EventSpan(first: start, last: start + .seconds(61))).state == .done)
        // A provider that shows the running mode.
        let shown = item(nil, .standalone)
        #expect(shown.state == .open && shown.reason == .restartNeeded)
        #expect(shown.actions == [.setPDV(TerminalID("PAX__1")!)])
        let other = judged(.pdvMode) {
            $0.terminals = .success([terminal("PAX__1"), terminal("PAX__2")])
            $0.modeChanges = change
            $0.payments = nil
        }
        #expect(other.state == .done)
    }

    @Test("guesses no mode and no place that the provider does not tell")
    func notTold() {
        let bare = terminal("PAX__1", nil, store: nil, desk: nil)
        for step in [Readiness.Step.storeAndPOS, .pdvMode] {
            let item = judged(step) { $0.terminals = .success([bare]) }
            #expect(item.state == .unknown && item.reason == .notTold)
        }
        #expect(judged(.terminalPaired) { $0.terminals = .success([bare]) }.state == .done)
    }

    @Test("wants the webhook to be the gateway's own and checked")
    func webhook() {
        func item(ours: Bool, valid: Bool, _ state: Connection.State = .linked, held: Bool = false) -> Item {
            judged(.webhookValid) {
                $0.webhook = .success(ReadinessEvidence.Webhook(isOurs: ours, isValid: valid))
                $0.link = ReadinessEvidence.Link(connection: $0.link!.connection, state: state, isHeld: held)
            }
        }
        #expect(item(ours: true, valid: true).state == .done)
        #expect(item(ours: true, valid: false).reason == .notValid)
        #expect(item(ours: false, valid: true).reason == .elsewhere)
        #expect(item(ours: false, valid: false, .configuring).reason == .registering)
        #expect(item(ours: false, valid: true, held: true).reason == .heldAfterImport)
        guard case .registerWebhook = item(ours: false, valid: true).actions.first else {
            Issue.record("nothing to press")
            return
        }
        #expect(item(ours: true, valid: true, .revoked).state == .unknown)
    }

    @Test("judges the endpoints by the best of those that send")
    func endpoints() {
        func item(_ signs: EndpointSign...) -> Item { judged(.endpointAnswering) { $0.endpoints = signs } }
        let good = item(sign(.active, false), sign(.active, true, own: false))
        #expect(good.state == .done && good.seenAt == start)
        let failing = sign(.active, false)
        #expect(item(sign(.pending, nil), failing).reason == .failing)
        #expect(item(failing).actions == [.testEndpoint(failing.endpoint)])
        let quiet = item(sign(.active, nil))
        #expect(quiet.state == .unknown && quiet.reason == .nothingTried)
        #expect(item(sign(.pending, nil)).reason == .notActivated)
        let paused = sign(.paused, true)
        #expect(item(paused).reason == .paused && item(paused).actions == [.resumeEndpoint(paused.endpoint)])
        #expect(item(sign(.disabled, false)).reason == .disabled)
        #expect(item().actions == [.addEndpoint])
    }

    @Test("counts a payment from the first that was told of")
    func payment() {
        let item = judged(.firstPayment) { $0.payments = EventSpan(first: start, last: start + .seconds(9)) }
        #expect(item.state == .done && item.seenAt == start)
        #expect(judged(.firstPayment) { $0.payments = nil }.reason == .noPayment)
    }
}

@Suite("A terminal's id")
struct TerminalIDTests {
    @Test("is what can stand in a path as it is", arguments: ["PAX_A910__SMARTPOS1234345545", "a-1"])
    func good(text: String) {
        #expect(TerminalID(text)?.description == text)
    }

    @Test("is nothing else", arguments: ["", "a/b", "a.b", "ä", "a b", "a%20", String(repeating: "a", count: 65)])
    func bad(text: String) {
        #expect(TerminalID(text) == nil)
    }
}
