import TestSupport
import Testing

@testable import Gateway

@Suite("A route that is added to the allow-list")
struct ProxyRouteAdditionTests {
    @Test("is let through for its application alone, named by id or client id")
    func added() throws {
        let stage = ProxyStage()
        let (seller, other) = (stage.make.seller(), stage.make.seller())
        let (connection, application) = stage.connection(of: seller)
        let foreign = stage.connection(of: other)
        for owner in [application.id.description, application.clientID] {
            let stage = ProxyStage(
                routes: try ProxyStage.routes.adding([
                    ProxyRouteAddition("\(owner) GET /v1/promotions/{number}"),
                    ProxyRouteAddition("\(owner) POST /v1/customers"),
                ]))
            stage.keep(seller, [(connection, application)])
            stage.keepToken(connection)
            let key = stage.key(boundTo: seller.id)
            let forward = stage.decide("HEAD", "/v1/promotions/17", key: key).forward
            #expect(forward?.route.pattern == "/v1/promotions/{number}")
            #expect(stage.decide("POST", "/v1/customers", key: key).forward?.isReplaySafe == false)
            #expect(stage.decide("GET", "/v1/promotions/x", key: key).problem?.code == .routeNotAllowed)
            guard owner == application.id.description else { continue }
            stage.keep(other, [foreign])
            stage.keepToken(foreign.connection)
            let otherKey = stage.key(boundTo: other.id)
            #expect(stage.decide("GET", "/v1/promotions/17", key: otherKey).problem?.code == .routeNotAllowed)
        }
    }

    @Test(
        "is refused when it can't be meant",
        arguments: [
            ("", ProxyRouteAddition.Flaw.form), ("1 GET", .form), ("1 GET /a b", .form), ("1  GET /a", .form),
            ("x GET /a", .application), ("app_x GET /a", .application), (" GET /a", .application),
            ("1 get /a", .method), ("1 HEAD /a", .method), ("1 TRACE /a", .method), ("1 GET a", .path),
            ("1 GET /", .path), ("1 GET /a/", .path), ("1 GET /a//b", .path), ("1 GET /../a", .path),
            ("1 GET /a?b", .path), ("1 GET /a%20", .path), ("1 GET https://evil.example/a", .path),
            ("1 GET /{id}", .placeholder), ("1 GET /a{number}", .placeholder), ("1 GET /{number", .placeholder),
        ])
    func flaws(text: String, flaw: ProxyRouteAddition.Flaw) {
        #expect(throws: flaw) { try ProxyRouteAddition(text) }
    }

    @Test("never opens what the gateway owns", arguments: ["/oauth/token", "/oauth/{name}", "/{name}/token"])
    func owned(pattern: String) throws {
        let addition = try ProxyRouteAddition("1 POST \(pattern)")
        #expect(throws: ProxyRouteAddition.Flaw.owned) { try ProxyStage.routes.adding([addition]) }
    }
}
