import Gateway
import Testing

@testable import GatewayServer

@Suite("The proxy's settings")
struct ProxySettingsTests {
    @Test("take rates up to the highest, and routes of an application by id or client id")
    func taken() async throws {
        let read = try await settings(
            """
            proxy:
              seller_rate: 1000000
              seller_burst: 1000000
              application_rate: 1000000
              application_burst: 7
              seller_concurrency: 100000
              routes: ["1234567890 GET /v1/promotions/{number}", "app_01JD00000000000000000000ZZ POST /v1/customers"]
            """)
        let high = ProxyLimits.Rate(perSecond: 1_000_000, burst: 1_000_000)
        #expect(read.proxy.limits.seller == high)
        #expect(read.proxy.limits.application == ProxyLimits.Rate(perSecond: 1_000_000, burst: 7))
        #expect(read.proxy.limits.sellerConcurrency == 100_000)
        #expect(read.proxy.routes.map(\.application) == ["1234567890", "app_01JD00000000000000000000ZZ"])
        #expect(read.proxy.routes.map(\.route.method) == ["GET", "POST"])
    }

    @Test("refuse to open what the gateway owns, by a pattern too")
    func owned() async throws {
        for path in ["/oauth/token", "/oauth/{name}", "/{name}/{name}"] {
            let read = try await settings("proxy:\n  routes: [\"1 POST \(path)\"]")
            #expect {
                try Upstream(read.upstream, routes: read.proxy.routes)
            } throws: { error in
                error as? SettingsError
                    == .invalid(key: "proxy.routes", expected: ProxyRouteAddition.Flaw.owned.description)
            }
        }
    }
}
