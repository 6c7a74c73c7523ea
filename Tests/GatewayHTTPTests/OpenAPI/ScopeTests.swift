import Gateway
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import GatewayHTTP

@Suite("The document's scopes")
struct ScopeTests {
    private let document: OpenAPIDocument

    init() throws { document = try OpenAPIDocument.read() }

    @Test("stand in the description too")
    func descriptions() {
        for operation in document.guarded {
            for scope in operation.scopes ?? [] {
                #expect(operation.content["description"].string?.contains("`\(scope)`") == true, "\(operation)")
            }
        }
    }

    @Test("are asked for: a key without them is refused and told which")
    func areNeeded() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let one = try await gateway.key([.audit])
            let other = try await gateway.key([.linksWrite])
            for operation in document.guarded {
                let key = operation.scopes?.contains("audit") == true ? other : one
                let answer = try await call(operation, shop, client, key: key)
                #expect(answer.status == 403, "\(operation)")
                #expect(answer.headers[Self.error] == "missing_scope", "\(operation)")
                guard operation.method != "HEAD" else {
                    #expect(answer.body == .null, "\(operation)")
                    continue
                }
                #expect(answer.body["code"].string == "missing_scope", "\(operation)")
                let named = answer.body["scope"].string ?? ""
                #expect(operation.scopes?.contains(named) == true, "\(operation)")
                #expect(answer.body["detail"].string?.contains(named) == true, "\(operation)")
            }
        }
    }

    @Test("suffice: a key with no more than them is not refused for its scopes")
    func suffice() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            for operation in document.guarded {
                var scopes = Set((operation.scopes ?? []).compactMap { Scope(rawValue: $0) })
                // A key grants no more than its maker has.
                scopes.formUnion(body(of: operation)["scopes"].strings.compactMap { Scope(rawValue: $0) })
                let answer = try await call(operation, shop, client, key: try await gateway.key(scopes))
                #expect(answer.status != 401, "\(operation)")
                #expect(answer.headers[Self.error] != "missing_scope", "\(operation)")
            }
        }
    }

    @Test("come after the key: without one the answer is 401")
    func keyFirst() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            for operation in document.guarded {
                let answer = try await call(operation, shop, client, key: nil)
                #expect(answer.status == 401, "\(operation)")
                #expect(answer.headers[.wwwAuthenticate] == "Bearer realm=\"enlace\"", "\(operation)")
                #expect(answer.headers[Self.error] == "unauthorized", "\(operation)")
            }
        }
    }

    private func body(of operation: OpenAPIDocument.Operation) -> JSONValue {
        operation.bodySchema.map { document.schema($0)["examples"]["0"] } ?? .null
    }

    private func call(
        _ operation: OpenAPIDocument.Operation, _ shop: Shop, _ client: any TestClientProtocol, key: String?
    ) async throws -> Answer {
        let uri = operation.path
            .replacing("{seller}", with: shop.seller).replacing("{application}", with: shop.application)
            .replacing("{path}", with: "users/me")
            .replacing(#/\{(\w+)\}/#) { "\(Self.prefixes[String($0.1)] ?? "")01JZ8Q4T6M0000000000000001" }
        let body = body(of: operation)
        return try await client.call(
            HTTPRequest.Method(operation.method)!, uri, key: key, body: body == .null ? nil : try body.text)
    }

    private static let error = HTTPField.Name("Enlace-Error")!

    private static let prefixes = [
        "link": "lnk_", "connection": "con_", "endpoint": "ep_", "event": "evt_", "delivery": "dlv_", "key": "key_",
    ]
}
