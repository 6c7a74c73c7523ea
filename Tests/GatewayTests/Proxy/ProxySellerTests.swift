import TestSupport
import Testing

@testable import Gateway

@Suite("The seller of a proxied call")
struct ProxySellerTests {
    private let stage = ProxyStage()

    @Test("is answered alike when it is another's and when it is nobody's (invariant 6)")
    func foreign() throws {
        let (own, _) = stage.linkedSeller(ref: "own")
        let (foreign, _) = stage.linkedSeller(ref: "foreign")
        let text = stage.key(boundTo: own.id)
        let unknown: SellerID = stage.make.ids.next()
        let names = [
            foreign.id.description, "ref:foreign", unknown.description, "ref:unknown", "nonsense", "", "ref:",
            own.id.description.lowercased(), "ref:OWN",
        ]
        for name in names {
            #expect(stage.decide(key: text, seller: name).problem == .sellerNotFound, "\(name)")
            #expect(stage.decide(key: text, [("enlace-seller", name)]).problem == .sellerNotFound, "\(name)")
        }
        #expect(stage.decide(key: text, seller: own.id.description).forward?.seller == own.id)
        #expect(stage.decide(key: text, seller: "ref:own").forward?.seller == own.id)
        #expect(stage.decide(key: text).forward?.seller == own.id)
    }

    @Test("costs the same reads when it is another's and when it is nobody's")
    func reads() {
        let own: SellerID = stage.make.ids.next()
        let (foreign, _) = stage.linkedSeller(ref: "foreign")
        let text = stage.key(boundTo: own)
        for name in [foreign.id.description, "ref:foreign", "ref:unknown", own.description] {
            #expect(stage.decide(key: text, seller: name).need == .seller(.id(own)), "\(name)")
        }
    }

    @Test("is named in the path before the header, and must be named by a key that is bound to none")
    func named() {
        let (first, _) = stage.linkedSeller(ref: "first")
        let (second, _) = stage.linkedSeller(ref: "second")
        let text = stage.key()
        #expect(stage.decide(key: text).problem?.code == .sellerNotFound)
        #expect(stage.decide(key: text, [("enlace-seller", "ref:first")]).forward?.seller == first.id)
        let both = stage.decide(key: text, seller: "ref:second", [("enlace-seller", "ref:first")])
        #expect(both.forward?.seller == second.id)
        #expect(stage.decide(key: text, seller: "ref:first ").problem == .sellerNotFound)
    }

    @Test("is another one once its ref was given to another")
    func movedRef() throws {
        let ref = try #require(ExternalRef("till-1"))
        var (first, _) = stage.linkedSeller(ref: "till-1")
        let text = stage.key()
        #expect(stage.decide(key: text, seller: "ref:till-1").forward?.seller == first.id)
        stage.directory.forget(seller: first.id)
        first.externalRef = nil
        stage.keep(first, [])
        #expect(stage.decide(key: text, seller: "ref:till-1").need == .seller(.external(ref)))
        let (second, _) = stage.linkedSeller(ref: "till-1")
        #expect(stage.decide(key: text, seller: "ref:till-1").forward?.seller == second.id)
    }

    @Test("is refused while the operator has it disabled")
    func disabled() {
        var seller = stage.make.seller()
        seller.state = .disabled
        let connection = stage.connection(of: seller)
        stage.keep(seller, [connection])
        stage.keepToken(connection.connection)
        #expect(stage.decide(key: stage.key(boundTo: seller.id)).problem?.code == .sellerDisabled)
    }

    @Test("is told the state of its newest connection when it is not linked")
    func unlinked() {
        let seller = stage.make.seller()
        let text = stage.key(boundTo: seller.id)
        stage.keep(seller, [])
        #expect(stage.decide(key: text).problem?.code == .sellerNotLinked)
        #expect(stage.decide(key: text).problem?.extra == ["connection_state": "none"])
        for state in Connection.State.allCases where !state.isActive {
            stage.keep(
                seller, [stage.connection(of: seller, state: state), stage.connection(of: seller, state: .erased)])
            let problem = stage.decide(key: text).problem
            #expect(problem?.code == .sellerNotLinked)
            #expect(problem?.extra == ["connection_state": state.rawValue])
        }
    }

    @Test("is told by the code that its account waits to be confirmed, and served by the one in use meanwhile")
    func unconfirmed() {
        let seller = stage.make.seller()
        let text = stage.key(boundTo: seller.id)
        let waiting = stage.connection(of: seller, state: .awaitingConfirmation)
        stage.keep(seller, [waiting, stage.connection(of: seller, state: .revoked)])
        stage.keepToken(waiting.connection)
        let problem = stage.decide(key: text).problem
        #expect(problem?.code == .connectionNotConfirmed)
        #expect(problem?.extra == ["connection": waiting.connection.id.description])
        let stranger: ApplicationID = stage.make.ids.next()
        #expect(
            stage.decide(key: text, [("enlace-application", stranger.description)]).problem?.code == .sellerNotLinked)
        let testKey = stage.key(mode: .test, boundTo: seller.id)
        #expect(stage.decide(key: testKey).problem?.code == .sellerNotLinked)
        let used = stage.connection(of: seller)
        stage.keep(seller, [waiting, used])
        stage.keepToken(used.connection)
        #expect(stage.decide(key: text).forward?.connection == used.connection.id)
    }

    @Test("is served by any connection whose tokens may be used", arguments: Connection.State.allCases)
    func usable(state: Connection.State) {
        let seller = stage.make.seller()
        let linked = stage.connection(of: seller, state: state)
        stage.keep(seller, [linked])
        stage.keepToken(linked.connection)
        #expect((stage.decide(key: stage.key(boundTo: seller.id)).forward != nil) == state.isUsable)
    }

    @Test("must say by which application when it has several accounts")
    func ambiguous() {
        let seller = stage.make.seller()
        let linked = [stage.connection(of: seller, user: 42), stage.connection(of: seller, user: 43)]
        stage.keep(seller, linked + [stage.connection(of: seller, state: .revoked)])
        for (connection, _) in linked { stage.keepToken(connection) }
        let text = stage.key(boundTo: seller.id)
        let problem = stage.decide(key: text).problem
        #expect(problem?.code == .connectionAmbiguous)
        #expect(
            problem?.extra["applications"] == linked.map(\.application.id.description).joined(separator: " "))
        for (connection, application) in linked {
            let decision = stage.decide(key: text, [("enlace-application", application.id.description)])
            #expect(decision.forward?.connection == connection.id)
        }
        let stranger: ApplicationID = stage.make.ids.next()
        for name in [stranger.description, "", "POS"] {
            #expect(
                stage.decide(key: text, [("enlace-application", name)]).problem?.code == .sellerNotLinked, "\(name)")
        }
    }

    @Test("is reached in the key's own mode only")
    func modes() {
        let seller = stage.make.seller()
        let live = stage.connection(of: seller)
        let test = stage.connection(of: seller, mode: .test, user: 43)
        for (connection, _) in [live, test] { stage.keepToken(connection) }
        stage.keep(seller, [live, test])
        let liveKey = stage.key(mode: .live, boundTo: seller.id)
        let testKey = stage.key(mode: .test, boundTo: seller.id)
        #expect(stage.decide(key: liveKey).forward?.connection == live.connection.id)
        #expect(stage.decide(key: testKey).forward?.connection == test.connection.id)
        // Naming the other mode's application opens no door.
        let named = [("enlace-application", live.application.id.description)]
        #expect(stage.decide(key: testKey, named.map { (name: $0.0, value: $0.1) }).problem?.code == .modeMismatch)
        stage.keep(seller, [live])
        #expect(stage.decide(key: testKey).problem?.code == .modeMismatch)
    }
}
