import TestSupport
import Testing

@testable import Gateway

@Suite("The headers of a proxied call")
struct ProxyHeaderTests {
    private let stage = ProxyStage()

    private func sent(
        _ headers: [(name: String, value: String)], _ method: String = "GET", _ target: String = "/users/me"
    ) throws -> (headers: [(name: String, value: String)], forward: ProxyForward, token: String, key: String) {
        let (seller, connection) = stage.linkedSeller()
        let token = stage.keepToken(connection)
        let key = stage.key(boundTo: seller.id)
        let forward = try #require(stage.decide(method, target, key: key, headers).forward)
        return (forward.headers.map { ($0.name, $0.value.reveal { $0 }) }, forward, token, key)
    }

    @Test(
        "never take along what is the caller's own or ends here",
        arguments: [
            "cookie", "set-cookie", "host", "connection", "keep-alive", "proxy-authorization", "proxy-connection",
            "te", "trailer", "transfer-encoding", "upgrade", "expect", "content-length", "forwarded",
            "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via", "origin", "referer",
            "enlace-request-id", "authorization2", "x-api-key", "user-agent",
        ])
    func dropped(name: String) throws {
        let (headers, _, _, _) = try sent([(name, "marker")])
        #expect(!headers.contains { $0.value.contains("marker") }, "\(name)")
    }

    @Test(
        "are refused where another server might read the request differently",
        arguments: [
            "x-http-method-override", "x-http-method", "x-method-override", "accept_", "x_idempotency_key",
            "enlace_seller",
        ])
    func refused(name: String) {
        let (seller, _) = stage.linkedSeller()
        let text = stage.key(boundTo: seller.id)
        for method in ["GET", "POST"] {
            let problem = stage.decide(method, key: text, [(name, "DELETE")]).problem
            #expect(problem?.code == .invalidRequest)
            #expect(problem?.field == name)
        }
        // Whose key does not count learns nothing else.
        #expect(stage.decide(key: "enl_live_wrong", [(name, "DELETE")]).problem == APIKeys.unauthorized)
    }

    @Test("take along what is on the list, as it came and in its order")
    func kept() throws {
        let (headers, _, _, _) = try sent([
            ("accept", "application/json"), ("content-type", "application/json; charset=utf-8"), ("accept", "*/*"),
        ])
        #expect(
            headers.prefix(3).map { "\($0.name): \($0.value)" } == [
                "accept: application/json", "content-type: application/json; charset=utf-8", "accept: */*",
            ])
    }

    @Test(
        "drop what Connection names, listed or not",
        arguments: ["accept", "close, accept", "ACCEPT", " x ,\taccept ,", "keep-alive,Accept"])
    func nominated(value: String) throws {
        let (headers, _, _, _) = try sent([
            ("connection", value), ("accept", "marker"), ("content-type", "text/plain"),
        ])
        #expect(!headers.contains { $0.name == "accept" })
        #expect(headers.contains { $0.name == "content-type" })
    }

    @Test("heed every Connection line")
    func nominatedTwice() throws {
        let (headers, _, _, _) = try sent([
            ("connection", "close"), ("accept", "marker"), ("connection", "accept"), ("connection", "authorization"),
        ])
        #expect(!headers.contains { $0.name == "accept" })
        #expect(headers.filter { $0.name == "authorization" }.count == 1)
    }

    @Test("carry the seller's token last and once, and never the caller's key")
    func token() throws {
        let (headers, _, token, key) = try sent([("accept", "*/*"), ("cookie", "a=b")])
        #expect(headers.last?.name == "authorization")
        #expect(headers.last?.value == "Bearer \(token)")
        #expect(headers.filter { $0.name == "authorization" }.count == 1)
        #expect(!headers.contains { $0.value.contains(key) })
        #expect(!headers.contains { $0.name == "authorization" && $0.value != "Bearer \(token)" })
    }

    @Test("show neither token nor key when they are printed")
    func printed() throws {
        let (_, forward, token, key) = try sent([("accept", "marker")])
        for text in ["\(forward)", String(reflecting: forward)] {
            #expect(!text.contains(token))
            #expect(!text.contains(key))
            #expect(!text.contains("marker"))
        }
    }

    @Test("are named by the gateway where the gateway sets them")
    func set() throws {
        let (headers, _, _, _) = try sent([("user-agent", "curl")])
        #expect(headers.filter { $0.name == "user-agent" }.map(\.value) == ["enlace"])
    }

    @Test("get an idempotency key where a write lacks one, which is returned")
    func idempotency() throws {
        let first = try sent([], "POST", "/v1/orders")
        let made = try #require(first.forward.madeIdempotencyKey)
        #expect(first.headers.filter { $0.name == "x-idempotency-key" }.map(\.value) == [made])
        #expect(made.utf8.count == 32)
        #expect(try sent([], "POST", "/v1/orders").forward.madeIdempotencyKey != made)
    }

    @Test("keep the caller's idempotency key")
    func ownIdempotency() throws {
        let (headers, forward, _, _) = try sent([("x-idempotency-key", "mine")], "POST", "/v1/orders")
        #expect(forward.madeIdempotencyKey == nil)
        #expect(headers.filter { $0.name == "x-idempotency-key" }.map(\.value) == ["mine"])
    }

    @Test("get no idempotency key where the provider knows none")
    func withoutIdempotency() throws {
        let intent = try sent([], "POST", "/point/devices/PAX_1/payment-intents")
        let read = try sent([], "GET", "/v1/orders/ORD_1")
        for (headers, forward, _, _) in [intent, read] {
            #expect(forward.madeIdempotencyKey == nil)
            #expect(!headers.contains { $0.name == "x-idempotency-key" })
        }
    }
}
