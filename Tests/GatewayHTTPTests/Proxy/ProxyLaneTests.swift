import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("The ordinary lane")
struct ProxyLaneTests {
    /// What the provider got, oldest first, and what it answers.
    private final class Upstream: Sendable {
        struct Seen: Sendable {
            let line: String
            let token: String?
            let key: String?
            let body: String
        }

        private let seen = Mutex<[Seen]>([])
        private let answer: @Sendable (Seen) -> Response

        init(_ answer: @escaping @Sendable (Seen) -> Response) {
            self.answer = answer
        }

        var all: [Seen] { seen.withLock { $0 } }

        func router() -> Router<BasicRequestContext> {
            let router = Router(context: BasicRequestContext.self)
            for method in [HTTPRequest.Method.get, .post] {
                router.on("/**", method: method) { request, _ in
                    let body = try await request.body.collect(upTo: 1 << 20)
                    let call = Seen(
                        line: "\(request.method) \(request.uri.path)", token: request.headers[.authorization],
                        key: request.headers[.upstreamIdempotencyKey], body: String(buffer: body))
                    self.seen.withLock { $0.append(call) }
                    return self.answer(call)
                }
            }
            return router
        }
    }

    private static func json(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .retryAfter: "20"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static let refusal = #"{"message":"invalid_token","error":"not_found","status":401}"#

    /// A gateway with one linked seller in front of `upstream`; the key may read and write.
    private func linked(
        _ upstream: Upstream,
        _ body: @escaping @Sendable (TestGateway, any TestClientProtocol, String) async throws -> Void
    ) async throws {
        let running = Hummingbird.Application(
            router: upstream.router(), configuration: .init(address: .hostname("127.0.0.1", port: 0)))
        try await running.test(.live) { live in
            let port = try #require(live.port)
            try await withGateway(upstream: "http://127.0.0.1:\(port)") { gateway, client in
                try await body(gateway, client, try await Self.key(gateway, client))
            }
        }
    }

    private static func key(_ gateway: TestGateway, _ client: any TestClientProtocol) async throws -> String {
        let shop = try await Shop.open(gateway, client)
        let made = try await client.call(
            .post, "/v1/sellers/\(shop.seller)/connections", key: shop.key,
            body: #"{"kind": "own", "application": "\#(shop.application)"}"#)
        #expect(made.status == 201)
        return try await gateway.key([.proxyRead, .proxyWrite], seller: shop.sellerID)
    }

    /// Has the provider grant another token from now on.
    private static func grant(_ token: String, _ gateway: TestGateway) {
        gateway.provider.set { answers in
            answers.grant = .success(
                TokenGrant(
                    access: Secret(token), refresh: nil, lifetime: .seconds(21_600), scopes: [],
                    user: UpstreamUserID(rawValue: 4242), liveMode: nil))
        }
    }

    private static let error = HTTPField.Name("Enlace-Error")!

    @Test("holds a seller's further calls after a 429 of the provider, and sends nothing")
    func sharedPause() async throws {
        let upstream = Upstream { _ in Self.json(.tooManyRequests, "{}") }
        try await linked(upstream) { gateway, client, key in
            let first = try await client.call(.get, "/proxy/users/me", key: key)
            #expect((first.status, first.headers[.retryAfter]) == (429, "20"))
            #expect(first.headers[Self.error] == nil)
            let second = try await client.call(.post, "/proxy/v1/orders", key: key, body: "{}")
            #expect(second.status == 429)
            #expect(second.headers[Self.error] == "upstream_limited")
            #expect(second.headers[.retryAfter] == "20")
            #expect(upstream.all.count == 1)
            gateway.clock.advance(by: .seconds(20))
            _ = try await client.call(.get, "/proxy/users/me", key: key)
            #expect(upstream.all.count == 2)
        }
    }

    @Test("answers a second poll within the second itself")
    func polls() async throws {
        let upstream = Upstream { _ in Self.json(.ok, "{}") }
        try await linked(upstream) { _, client, key in
            #expect(try await client.call(.get, "/proxy/intents/a", key: key).status == 200)
            let second = try await client.call(.get, "/proxy/intents/a", key: key)
            #expect((second.status, second.headers[Self.error]) == (429, "rate_limited"))
            #expect(second.headers[.retryAfter] == "1")
            #expect(upstream.all.count == 1)
        }
    }

    @Test("renews a refused token once, and sends a read and a write with its key once more")
    func renews() async throws {
        let upstream = Upstream { call in
            call.token == "Bearer newer" ? Self.json(.ok, #"{"id":1}"#) : Self.json(.unauthorized, Self.refusal)
        }
        try await linked(upstream) { gateway, client, key in
            Self.grant("newer", gateway)
            let answer = try await client.call(.post, "/proxy/v1/orders", key: key, body: #"{"a":"b"}"#)
            #expect(answer.status == 200)
            let all = upstream.all
            #expect(all.count == 2)
            #expect(all.map(\.body) == [#"{"a":"b"}"#, #"{"a":"b"}"#])
            #expect(all.first?.key != nil && all.first?.key == all.last?.key)
            #expect(answer.headers[.upstreamIdempotencyKey] == all.first?.key)
            #expect(try await client.call(.get, "/proxy/users/me", key: key).status == 200)
            #expect(upstream.all.count == 3)
        }
    }

    @Test("passes a 401 on after one repetition, and renews nothing more for the next calls")
    func once() async throws {
        let upstream = Upstream { _ in Self.json(.unauthorized, Self.refusal) }
        try await linked(upstream) { gateway, client, key in
            Self.grant("newer", gateway)
            for sent in [2, 3, 4] {
                let answer = try await client.call(.get, "/proxy/users/me", key: key)
                #expect(answer.status == 401)
                #expect(answer.headers[Self.error] == nil)
                #expect(answer.body["message"].string == "invalid_token")
                #expect(upstream.all.count == sent)
            }
        }
    }

    @Test("passes another 401 on unchanged, the first time")
    func otherRefusal() async throws {
        let words = #"{"message":"Unauthorized use of live credentials","status":401}"#
        let upstream = Upstream { _ in Self.json(.unauthorized, words) }
        try await linked(upstream) { gateway, client, key in
            Self.grant("newer", gateway)
            let answer = try await client.call(.get, "/proxy/users/me", key: key)
            #expect((answer.status, upstream.all.count) == (401, 1))
            #expect(answer.body["message"].string == "Unauthorized use of live credentials")
        }
    }

    @Test("never sends a payment intent twice", arguments: [HTTPResponse.Status.unauthorized, .serviceUnavailable])
    func intents(status: HTTPResponse.Status) async throws {
        let upstream = Upstream { _ in Self.json(status, Self.refusal) }
        try await linked(upstream) { gateway, client, key in
            Self.grant("newer", gateway)
            let answer = try await client.call(
                .post, "/proxy/devices/PAX_1/payment-intents", key: key, body: "{}",
                headers: [.upstreamIdempotencyKey: "mine"])
            #expect((answer.status, upstream.all.count) == (status.code, 1))
        }
    }

    @Test("sends a long body once more as it was")
    func longBody() async throws {
        let upstream = Upstream { call in
            call.token == "Bearer newer" ? Self.json(.ok, "{}") : Self.json(.unauthorized, Self.refusal)
        }
        try await linked(upstream) { gateway, client, key in
            Self.grant("newer", gateway)
            let long = String(repeating: "a", count: 300_000)
            let answer = try await client.call(.post, "/proxy/v1/orders", key: key, body: long)
            #expect((answer.status, upstream.all.count) == (200, 2))
            #expect(upstream.all.allSatisfy { $0.body == long })
        }
    }

    @Test("leaves a line about each call, one for a call that was sent twice")
    func lines() async throws {
        let upstream = Upstream { call in
            call.token == "Bearer newer" ? Self.json(.ok, #"{"id":1}"#) : Self.json(.unauthorized, Self.refusal)
        }
        try await linked(upstream) { gateway, client, key in
            Self.grant("newer", gateway)
            let answer = try await client.call(.post, "/proxy/v1/orders", key: key, body: #"{"a":"b"}"#)
            _ = try await client.call(.get, "/proxy/v1/promotions/x", key: key)
            await gateway.callLogWorker.write()
            let reader = try await gateway.key([.read])
            let list = try await client.call(.get, "/v1/calls", key: reader).body["data"].elements
            #expect(list.count == 1)
            #expect(list.first?["id"].string == answer.headers[.enlaceRequestID])
            #expect(list.first?["route"].string == "/v1/orders")
            #expect(list.first?["status"] == .number(200))
            #expect(list.first?["request_bytes"] == .number(9))
            #expect(list.first?["response_bytes"] == .number(8))
        }
    }

    @Test("lets a route through that was added for the application")
    func addition() async throws {
        let upstream = Upstream { _ in Self.json(.ok, "{}") }
        try await linked(upstream) { _, client, key in
            #expect(try await client.call(.get, "/proxy/v1/promotions/7", key: key).status == 200)
            let other = try await client.call(.get, "/proxy/v1/promotions/x", key: key)
            #expect(other.headers[Self.error] == "route_not_allowed")
        }
    }

    @Test("gives a call's place back when it has ended")
    func places() async throws {
        let upstream = Upstream { _ in Self.json(.ok, "{}") }
        try await linked(upstream) { _, client, key in
            for _ in 0..<20 {
                let answer = try await client.call(.get, "/proxy/users/me", key: key)
                #expect(answer.status == 200)
            }
        }
    }

    @Test("refuses at once while the provider can't be reached, and tries one call after the pause")
    func breaker() async throws {
        try await withGateway { gateway, client in
            let key = try await Self.key(gateway, client)
            // Ten failures in a row open it.
            for _ in 0..<10 {
                let answer = try await client.call(.get, "/proxy/users/me", key: key)
                #expect((answer.status, answer.headers[Self.error]) == (502, "upstream_unreachable"))
            }
            let refused = try await client.call(.get, "/proxy/users/me", key: key)
            #expect((refused.status, refused.headers[Self.error]) == (503, "upstream_unreachable"))
            #expect(refused.body["reason"].string == "circuit_open")
            #expect(refused.headers[.retryAfter] == "5")
            gateway.clock.advance(by: .seconds(5))
            #expect(try await client.call(.get, "/proxy/users/me", key: key).status == 502)
            #expect(try await client.call(.get, "/proxy/users/me", key: key).status == 503)
        }
    }
}
