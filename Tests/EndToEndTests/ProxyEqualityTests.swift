import AsyncHTTPClient
import Foundation
import Gateway
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing
import UpstreamMercadoPago

@testable import enlace

extension WholeProduct {
    @Suite("The same calls through the gateway and at the provider")
    struct ProxyEqualityTests {
        @Test("give the same bytes, status and headers, on every route that is allowed")
        func everyRoute() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                // An intent and its events may be read within one second here: a 429 would hold the seller's next calls.
                _ = try await stack.panel.call(.PATCH, "/knobs", ["payment_intent_rps": 0])
                try await Self.withWays(stack, api, shop) { direct, through in
                    let atProvider = try await Flow(shop: shop, panel: try stack.panel, reference: "eq1").run(direct)
                    let atGateway = try await Flow(shop: shop, panel: try stack.panel, reference: "eq2").run(through)
                    #expect(atProvider.count == atGateway.count)
                    for (one, other) in zip(atProvider, atGateway) {
                        #expect(one == other, "\(one.route)")
                    }
                    // Refunds on the device are Brazil's alone; all else is done.
                    let refused = atGateway.filter { $0.status >= 300 }.map(\.route)
                    #expect(refused.count == 3 && refused.allSatisfy { $0.contains("/refund") }, "\(refused)")
                    let seen = Set(atGateway.map(\.route))
                    for route in MercadoPagoRoutes.table.routes where !route.testOnly {
                        #expect(seen.contains("\(route.method) \(route.pattern)"), "no call of \(route.pattern)")
                    }
                }
            }
        }

        @Test("give the provider's refusals as they are: both envelopes, and a 429 that is no JSON")
        func refusals() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await Self.withWays(stack, api, shop) { direct, through in
                    for path in ["/v1/orders/ORD01JX0000000000000000000009", "/v1/payments/1", "/merchant_orders/1"] {
                        let call = Way.Call(.GET, path, route: path)
                        let (one, other) = (try await direct.answer(call), try await through.answer(call))
                        #expect(one.exact == other.exact, "\(path)")
                        #expect(other.status == 404)
                    }
                    let fault: JSONValue = ["fault": "plain429", "times": 2, "match": ["path_prefix": "/users"]]
                    _ = try await stack.panel.call(.POST, "/faults", fault)
                    let call = Way.Call(.GET, "/users/me", route: "429")
                    let (one, other) = (try await direct.answer(call), try await through.answer(call))
                    #expect(one.exact == other.exact)
                    #expect(other.status == 429 && other.exact.first != UInt8(ascii: "{"))
                }
            }
        }

        /// Lends both ways to the provider as the shop: with a token of its own, and by the gateway.
        private static func withWays(
            _ stack: LocalStack, _ api: APIClient, _ shop: LinkedShop, _ test: (Way, Way) async throws -> Void
        ) async throws {
            let panel = try stack.panel
            let client = try await panel.application().clientID
            let pair = try await panel.call(
                .POST, "/tokens", ["user_id": .int(try #require(Int(shop.user))), "client_id": .string(client)])
            let token = try #require(pair["access_token"]?.string)
            let key = try #require(
                try await api.call(
                    .POST, "/v1/keys",
                    body: ["name": "equal", "mode": "live", "scopes": ["proxy:read", "proxy:write"]])["key"]?.string)
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(panel.address("ca_file"))]
            try await HTTPClient.withHTTPClient(
                configuration: .init(tlsConfiguration: tls, redirectConfiguration: .disallow)
            ) { http in
                try await test(
                    Way(http: http, origin: panel.address("api"), bearer: token),
                    Way(http: http, origin: "\(stack.url)/v1/sellers/\(shop.seller)/proxy", bearer: key))
            }
        }
    }
}

/// One way to the provider.
struct Way: Sendable {
    /// A call as both ways make it.
    struct Call: Sendable {
        let method: HTTPMethod
        let path: String
        /// The route that it is of, as the allow-list spells it.
        let route: String
        var body: JSONValue?
        var key: String?

        init(_ method: HTTPMethod, _ path: String, route: String, _ body: JSONValue? = nil, key: String? = nil) {
            self.method = method
            self.path = path
            self.route = "\(method.rawValue) \(route)"
            self.body = body
            self.key = key
        }
    }

    /// What came of it, with what two calls must differ in taken out: ids, times, the caller's own reference.
    struct Answer: Equatable, Sendable {
        let route: String
        let status: UInt
        let headers: [String]
        let text: String
        /// The bytes as they came.
        let exact: [UInt8]

        static func == (left: Answer, right: Answer) -> Bool {
            (left.route, left.status, left.headers, left.text) == (right.route, right.status, right.headers, right.text)
        }

        var json: JSONValue? { try? JSONDecoder().decode(JSONValue.self, from: Data(exact)) }
    }

    let http: HTTPClient
    let origin: String
    let bearer: String

    func answer(_ call: Call) async throws -> Answer {
        var request = HTTPClientRequest(url: origin + call.path)
        request.method = call.method
        request.headers.add(name: "authorization", value: "Bearer \(bearer)")
        if let key = call.key { request.headers.add(name: "x-idempotency-key", value: key) }
        if let body = call.body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.text()))
        }
        let response = try await http.execute(request, timeout: .seconds(30))
        let bytes = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
        let passed = MercadoPagoHeaders.policy.responseAllowed
        let headers = response.headers.map { "\($0.name.lowercased()): \($0.value)" }
            .filter { line in passed.contains(String(line.prefix { $0 != ":" })) && !line.hasPrefix("date:") }
        let text = String(decoding: bytes, as: UTF8.self)
            .replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "UUID")
            .replacing(/(ORD|PAY|ACT)[0-9A-Z]{26}/, with: "ULID")
            .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)/, with: "TIME")
            .replacing(/[0-9]{7,}/, with: "ID").replacing(/eq[12]/, with: "eq")
        return Answer(
            route: call.route, status: response.status.code, headers: headers.sorted(), text: text, exact: bytes)
    }
}

/// A shop's day in which every route is called once at least.
private struct Flow {
    let shop: LinkedShop
    let panel: SandboxPanel
    let reference: String

    func run(_ way: Way) async throws -> [Way.Answer] {
        var answers: [Way.Answer] = []
        @discardableResult
        func call(
            _ method: HTTPMethod, _ path: String, _ route: String? = nil, _ body: JSONValue? = nil, key: String? = nil
        ) async throws -> JSONValue? {
            let key = key.map { "\(reference)-\($0)" }
            let answer = try await way.answer(Way.Call(method, path, route: route ?? path, body, key: key))
            answers.append(answer)
            return answer.json
        }
        let point = "/point/integration-api"
        let device = "\(point)/devices/\(shop.device)"
        let anyone = "6f1c2b7e-0a11-4c55-9d3a-0a6f5b8f7a10"
        try await call(.GET, "/users/me")
        try await call(.GET, "\(point)/devices?limit=10", "\(point)/devices")
        try await call(.PATCH, device, "\(point)/devices/{name}", ["operating_mode": "PDV"])

        // A charge that is taken back, and one that is paid.
        let intents = "\(point)/devices/{name}/payment-intents"
        let charge: JSONValue = [
            "amount": 1500, "additional_info": ["external_reference": .string(reference), "print_on_terminal": true],
        ]
        let first = try await call(.POST, "\(device)/payment-intents", intents, charge)?["id"]?.string ?? ""
        try await call(.GET, "\(point)/payment-intents/\(first)", "\(point)/payment-intents/{uuid}")
        try await call(.GET, "\(point)/payment-intents/\(first)/events", "\(point)/payment-intents/{uuid}/events")
        try await call(
            .GET, "\(point)/payment-intents/events?startDate=2020-01-01&endDate=2020-01-02",
            "\(point)/payment-intents/events")
        try await call(.DELETE, "\(device)/payment-intents/\(first)", intents + "/{uuid}")
        try await call(.POST, "\(device)/payment-intents", intents, charge)
        try await press("approve")
        let search = try await call(
            .GET, "/v1/payments/search?external_reference=\(reference)", "/v1/payments/search")
        let payment = "/v1/payments/\(search?["results"]?.array?.first?["id"]?.int ?? 0)"
        try await call(.GET, payment, "/v1/payments/{number}")
        let refunds = "/v1/payments/{number}/refunds"
        let refund = try await call(.POST, payment + "/refunds", refunds, ["amount": 5], key: "refund")
        try await call(.GET, payment + "/refunds", refunds)
        try await call(.GET, payment + "/refunds/\(refund?["id"]?.int ?? 0)", refunds + "/{number}")
        try await call(.POST, "\(device)/refund", "\(point)/devices/{name}/refund", ["payment_id": "1"])
        try await call(.GET, "\(point)/refund/\(anyone)", "\(point)/refund/{uuid}")
        try await call(.DELETE, "\(device)/refund/\(anyone)", "\(point)/devices/{name}/refund/{uuid}")
        let merchant = try await call(
            .GET, "/merchant_orders/search?external_reference=\(reference)", "/merchant_orders/search")
        let order = merchant?["elements"]?.array?.first?["id"]?.int ?? 0
        try await call(.GET, "/merchant_orders/\(order)", "/merchant_orders/{number}")
        try await call(.GET, "/v1/payment_methods")

        // The same in generation B.
        try await call(.GET, "/terminals/v1/list?limit=10", "/terminals/v1/list")
        try await call(
            .PATCH, "/terminals/v1/setup", nil,
            ["terminals": [["id": .string(shop.device), "operating_mode": "PDV"]]], key: "setup")
        let print: JSONValue = [
            "type": "print", "external_reference": .string(reference),
            "content": .string(String(repeating: "{br}", count: 30)),
            "config": ["point": ["terminal_id": .string(shop.device), "subtype": "custom"]],
        ]
        let action = try await call(.POST, "/terminals/v1/actions", nil, print, key: "print")?["id"]?.string ?? ""
        try await call(.GET, "/terminals/v1/actions/\(action)", "/terminals/v1/actions/{name}")
        try await call(
            .POST, "/terminals/v1/actions/\(action)/cancel", "/terminals/v1/actions/{name}/cancel", key: "print-cancel")
        let made: JSONValue = [
            "type": "point", "external_reference": .string(reference),
            "transactions": ["payments": [["amount": "25.00"]]],
            "config": ["point": ["terminal_id": .string(shop.device)]],
        ]
        let orders = "/v1/orders/{name}"
        let canceled = try await call(.POST, "/v1/orders", nil, made, key: "order")?["id"]?.string ?? ""
        try await call(.POST, "/v1/orders", nil, made, key: "order")
        try await call(.GET, "/v1/orders/\(canceled)", orders)
        try await call(.POST, "/v1/orders/\(canceled)/cancel", orders + "/cancel", key: "order-cancel")
        let paid = try await call(.POST, "/v1/orders", nil, made, key: "order-2")?["id"]?.string ?? ""
        try await press("approve")
        try await call(.POST, "/v1/orders/\(paid)/refund", orders + "/refund", key: "order-refund")

        // Stores and cash desks, made, changed and taken away.
        let stores = "/users/{own_user}/stores"
        let own = "/users/\(shop.user)/stores"
        let name: JSONValue = [
            "name": "Norte", "external_id": .string(reference), "location": ["city_name": "Rosario"],
        ]
        let store = try await call(.POST, own, stores, name)?["id"]?.string ?? ""
        try await call(.GET, own + "/search?external_id=\(reference)", stores + "/search")
        try await call(.PUT, own + "/\(store)", stores + "/{number}", ["name": "Sur"])
        try await call(.GET, "/stores/\(store)", "/stores/{number}")
        let desk: JSONValue = [
            "name": "Caja", "external_store_id": .string(reference), "external_id": .string(reference),
        ]
        let pos = try await call(.POST, "/pos", nil, desk)?["id"]?.int ?? 0
        try await call(.GET, "/pos?external_id=\(reference)", "/pos")
        try await call(.GET, "/pos/\(pos)", "/pos/{number}")
        try await call(.PUT, "/pos/\(pos)", "/pos/{number}", ["name": "Caja 2"])
        try await call(.DELETE, "/pos/\(pos)", "/pos/{number}")
        let newer = try await call(.POST, "/v2/pos", nil, desk, key: "pos")?["id"]?.int ?? 0
        try await call(.GET, "/v2/pos?external_id=\(reference)", "/v2/pos")
        try await call(.GET, "/v2/pos/\(newer)", "/v2/pos/{number}")
        try await call(.PATCH, "/v2/pos/\(newer)", "/v2/pos/{number}", ["name": "Caja 3"], key: "pos-2")
        try await call(.DELETE, "/v2/pos/\(newer)", "/v2/pos/{number}")
        try await call(.DELETE, own + "/\(store)", stores + "/{number}")
        return answers
    }

    private func press(_ button: String) async throws {
        _ = try await panel.call(.POST, "/devices/\(shop.device)/\(button)")
    }
}
