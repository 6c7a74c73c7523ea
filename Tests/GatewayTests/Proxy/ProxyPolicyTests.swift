import TestSupport
import Testing

@testable import Gateway

@Suite("The proxy's policy")
struct ProxyPolicyTests {
    private let stage = ProxyStage()

    @Test("forwards what a key may send for a linked seller, byte for byte")
    func forwards() throws {
        let (key, text) = stage.made()
        stage.keep(key)
        let (seller, connection) = stage.linkedSeller()
        let decision = stage.decide(
            "GET", "/v1/orders/ORD_1?a=%20b&a=2", key: text, seller: seller.id.description)
        let forward = try #require(decision.forward)
        #expect(forward.method == "GET")
        #expect(forward.target == "/v1/orders/ORD_1?a=%20b&a=2")
        #expect(forward.route.pattern == "/v1/orders/{name}")
        #expect(forward.seller == seller.id)
        #expect(forward.connection == connection.id)
        #expect(forward.key == key.id)
        #expect(forward.responseAllowed == ["content-type", "etag"])
    }

    @Test("waits for the key, then the seller, then the token")
    func waits() {
        let (key, text) = stage.made()
        let seller = stage.make.seller()
        let connection = stage.connection(of: seller)
        let decide = { stage.decide(key: text, seller: seller.id.description) }
        #expect(decide().need == .key(key.id))
        stage.keep(key)
        #expect(decide().need == .seller(.id(seller.id)))
        stage.keep(seller, [connection])
        #expect(decide().need == .token(connection.connection.id))
        stage.keepToken(connection.connection)
        #expect(decide().forward != nil)
    }

    @Test("believes nothing for longer than a minute, and nothing that was forgotten")
    func beliefs() {
        let (key, text) = stage.made()
        stage.keep(key)
        let (seller, connection) = stage.linkedSeller()
        let decide = { stage.decide(key: text, seller: seller.id.description) }
        stage.directory.forget(token: connection.id)
        #expect(decide().need == .token(connection.id))
        stage.directory.forget(seller: seller.id)
        #expect(decide().need == .seller(.id(seller.id)))
        stage.directory.forget(key: key.id)
        #expect(decide().need == .key(key.id))
        stage.keep(key)
        stage.make.clock.advance(by: .seconds(60))
        #expect(decide().need == .key(key.id))
    }

    @Test("keeps nothing that was read before something was forgotten")
    func epoch() {
        let (key, text) = stage.made()
        let before = stage.directory.epoch
        stage.directory.forget(key: key.id)
        stage.directory.keep(key, at: stage.make.clock.now, epoch: before)
        #expect(stage.decide(key: text).need == .key(key.id))
    }

    @Test("waits for a token that is about to die")
    func dying() {
        let (seller, connection) = stage.linkedSeller()
        stage.keepToken(connection, lifetime: AccessToken.margin)
        let text = stage.key()
        #expect(stage.decide(key: text, seller: seller.id.description).need == .token(connection.id))
        stage.keepToken(connection, lifetime: AccessToken.margin + .milliseconds(1))
        #expect(stage.decide(key: text, seller: seller.id.description).forward != nil)
    }

    @Test("gives one answer to every key that does not count")
    func unauthorized() {
        let now = stage.make.clock.now
        let (_, right) = stage.made()
        let expired = stage.made(expiresAt: now)
        let revoked = stage.made(revokedAt: now)
        let (key, _) = stage.made()
        let otherSecret = APIKeyText.write(mode: .live, id: key.id, secret: stage.make.bytes(32)).reveal { $0 }
        let (live, _) = stage.made()
        let otherMode = APIKeyText.write(mode: .test, id: live.id, secret: stage.make.bytes(32)).reveal { $0 }
        for key in [expired.key, revoked.key, key, live] { stage.keep(key) }
        let headers: [[String]] = [
            [], ["Bearer \(right)", "Bearer \(right)"], [right], ["Basic \(right)"], ["Bearer"], ["Bearer "],
            ["Bearer  \(right)"], ["Bearer \(right) "], ["Bearer \(right), Bearer \(right)"], ["Bearer enl_live_"],
            ["Bearer \(expired.text)"], ["Bearer \(revoked.text)"], ["Bearer \(otherSecret)"],
            ["Bearer \(otherMode)"],
        ]
        for values in headers {
            let decision = stage.policy.decide(
                ProxyRequest(
                    method: "GET", target: "/users/me", seller: nil,
                    headers: values.map { ("authorization", $0) }))
            #expect(decision.problem == APIKeys.unauthorized, "\(values.count)")
        }
    }

    @Test("names the scope that a key lacks", arguments: [("GET", Scope.proxyRead), ("HEAD", .proxyRead)])
    func readScope(method: String, scope: Scope) {
        let text = stage.key(scopes: Set(Scope.allCases).subtracting([scope]))
        let problem = stage.decide(method, key: text, seller: "ref:any").problem
        #expect(problem?.code == .missingScope)
        #expect(problem?.extra["scope"] == scope.rawValue)
    }

    @Test("asks for the scope to write of every other method", arguments: ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
    func writeScope(method: String) {
        let text = stage.key(scopes: [.proxyRead])
        let problem = stage.decide(method, key: text, seller: "ref:any").problem
        #expect(problem?.code == .missingScope)
        #expect(problem?.extra["scope"] == "proxy:write")
    }

    @Test("refuses what is not on the list, other methods of listed paths included")
    func notListed() {
        let (seller, _) = stage.linkedSeller()
        let text = stage.key(boundTo: seller.id)
        let requests = [
            ("DELETE", "/users/me"), ("HEAD", "/v1/orders"), ("get", "/users/me"), ("GET", "/users/ME"),
            ("GET", "/users"), ("GET", "/users/me/x"), ("POST", "/v1/orders/1"), ("GET", "/v1/orders"),
            ("GET", "/v1/orders/a.b"), ("GET", "/v1/orders/" + String(repeating: "a", count: 65)),
            ("CONNECT", "/users/me"), ("TRACE", "/users/me"),
        ]
        for (method, target) in requests {
            let problem = stage.decide(method, target, key: text).problem
            #expect(problem?.code == .routeNotAllowed, "\(method) \(target)")
            #expect(problem?.extra.isEmpty == true)
        }
    }

    @Test("lets HEAD through where GET goes, as HEAD")
    func head() {
        let (seller, _) = stage.linkedSeller()
        let forward = stage.decide("HEAD", "/users/me", key: stage.key(boundTo: seller.id)).forward
        #expect(forward?.method == "HEAD")
        #expect(forward?.route.pattern == "/users/me")
    }

    @Test("prefers a literal route to one with a placeholder")
    func literals() {
        let (seller, _) = stage.linkedSeller()
        let text = stage.key(boundTo: seller.id)
        #expect(stage.decide("GET", "/v1/orders/search", key: text).forward?.route.pattern == "/v1/orders/search")
    }

    @Test("names the gateway's own route for what the gateway does itself", arguments: ["GET", "POST", "DELETE"])
    func owned(method: String) {
        let (seller, _) = stage.linkedSeller()
        let problem = stage.decide(method, "/oauth/token", key: stage.key(boundTo: seller.id)).problem
        #expect(problem?.code == .routeNotAllowed)
        #expect(problem?.extra["use"] == "POST /v1/sellers/{seller}/links")
    }

    @Test("lets a test-only route through for an account of the test world alone")
    func testOnly() {
        let (live, _) = stage.linkedSeller()
        let (test, _) = stage.linkedSeller(mode: .test)
        let target = "/v1/orders/ORD_1/events"
        let refused = stage.decide("POST", target, key: stage.key(boundTo: live.id)).problem
        #expect(refused?.code == .routeNotAllowed)
        let testKey = stage.key(mode: .test, boundTo: test.id)
        #expect(stage.decide("POST", target, key: testKey).forward?.route.testOnly == true)
    }

    @Test("lets the seller's own account number stand in a path and no other")
    func ownUser() {
        let (seller, connection) = stage.linkedSeller()
        let text = stage.key(boundTo: seller.id)
        let own = connection.upstreamUser.description
        #expect(stage.decide("GET", "/users/\(own)/stores/search", key: text).forward != nil)
        for other in ["43", "0\(own)", "\(own)0", "me", "+\(own)"] {
            let problem = stage.decide("GET", "/users/\(other)/stores/search", key: text).problem
            #expect(problem?.code == (other.hasPrefix("+") ? .badPath : .routeNotAllowed), "\(other)")
        }
    }
}
