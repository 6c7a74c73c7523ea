import Foundation
import Gateway
import HTTPTypes
import HummingbirdTesting
import NIOCore

/// What a call brought, its body read as JSON; `null` where there is none.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: JSONValue
}

extension TestClientProtocol {
    /// Calls with a key and a JSON body.
    func call(
        _ method: HTTPRequest.Method, _ uri: String, key: String? = nil, body: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let key { headers[.authorization] = "Bearer \(key)" }
        if body != nil { headers[.contentType] = "application/json" }
        let response = try await executeRequest(
            uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        let bytes = Data(response.body.readableBytesView)
        return Answer(
            status: response.status.code, headers: response.headers,
            body: bytes.isEmpty ? .null : (try? JSONDecoder().decode(JSONValue.self, from: bytes)) ?? .null)
    }

    /// Posts with an idempotency key.
    func post(_ uri: String, key: String, body: String? = nil, once idempotencyKey: String) async throws -> Answer {
        try await call(
            .post, uri, key: key, body: body, headers: [HTTPField.Name("Idempotency-Key")!: idempotencyKey])
    }
}

/// What most tests need: an application, two sellers and a key for everything.
struct Shop: Sendable {
    let key: String
    let application: String
    let seller: String
    let other: String

    /// Makes all of it through the API.
    static func open(_ gateway: TestGateway, _ client: any TestClientProtocol) async throws -> Shop {
        let key = try await gateway.key()
        let application = try await client.call(
            .post, "/v1/applications", key: key,
            body: """
                {"name": "Point", "brand": "Caja Feliz", "site": "MLA", "mode": "test", "client_id": "1234567890",
                 "client_secret": "client-secret-marker", "confirm": "off",
                 "return_urls": ["https://pos.example.com/linked"]}
                """)
        let seller = try await client.call(
            .post, "/v1/sellers", key: key, body: #"{"name": "Panadería Sol", "external_ref": "shop-17"}"#)
        let other = try await client.call(.post, "/v1/sellers", key: key, body: #"{"name": "Kiosco Luna"}"#)
        return Shop(
            key: key, application: application.body["id"].string ?? "", seller: seller.body["id"].string ?? "",
            other: other.body["id"].string ?? "")
    }

    /// The seller's id as the core knows it.
    var sellerID: SellerID? { SellerID(seller) }
}
