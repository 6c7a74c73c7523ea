import Gateway
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import GatewayHTTP

/// A page as a browser got it.
struct GotPage {
    let status: Int
    let headers: HTTPFields
    let html: String
}

extension TestClientProtocol {
    /// Asks as a browser does.
    func page(
        _ method: HTTPRequest.Method, _ uri: String, _ headers: HTTPFields = [:], cookie: String? = nil,
        body: String? = nil
    ) async throws -> GotPage {
        var headers = headers
        headers[.cookie] = cookie
        let response = try await executeRequest(
            uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        return GotPage(
            status: response.status.code, headers: response.headers, html: String(buffer: response.body))
    }
}

/// A fresh link of a fresh shop.
struct OpenLink {
    let shop: Shop
    let id: String
    let token: String
    var path: String { "/link/\(token)" }
    var application: String { shop.application }

    static func make(_ gateway: TestGateway, _ client: any TestClientProtocol) async throws -> OpenLink {
        let shop = try await Shop.open(gateway, client)
        return try await make(client, shop, seller: shop.seller)
    }

    /// A link for one of the shop's sellers.
    ///
    /// - Parameter more: Further members of the body, each with a comma before it.
    static func make(
        _ client: any TestClientProtocol, _ shop: Shop, seller: String, more: String = ""
    ) async throws -> OpenLink {
        let made = try await client.call(
            .post, "/v1/sellers/\(seller)/links", key: shop.key,
            body: #"{"application": "\#(shop.application)", "return_url": "https://pos.example.com/linked"\#(more)}"#)
        let url = try #require(made.body["url"].string)
        return OpenLink(
            shop: shop, id: try #require(made.body["id"].string),
            token: String(url.split(separator: "/").last ?? ""))
    }

    /// Posts the form; gives the `state` and the browser's cookie.
    func begin(
        _ client: any TestClientProtocol, language: String = "es"
    ) async throws -> (state: String, cookie: String) {
        let page = try await client.page(.post, "\(path)?lang=\(language)")
        let state = try #require(page.html.firstMatch(of: #/state=([\w-]{43})/#)).1
        let cookie = try #require(page.headers[.setCookie]?.split(separator: ";").first)
        return (String(state), String(cookie))
    }

    /// Walks to the end, and gives the browser's cookie.
    func finish(_ client: any TestClientProtocol) async throws -> String {
        let (state, cookie) = try await begin(client)
        let back = try await client.page(
            .get, "/oauth/callback/\(application)?code=TG-code&state=\(state)", cookie: cookie)
        #expect(back.status == 303)
        return cookie
    }
}
