import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

/// A shop owner's way through the pages, in one browser.
struct LinkWalk: Sendable {
    /// The link's path, with its token.
    let path: String
    /// The link's id.
    let id: String
    /// The application of the link.
    let application: String

    /// Makes a link for one of the shop's sellers; `more` are further members of the request's body.
    static func make(
        _ client: any TestClientProtocol, _ shop: Shop, seller: String? = nil, _ more: String = ""
    ) async throws -> LinkWalk {
        let made = try await client.call(
            .post, "/v1/sellers/\(seller ?? shop.seller)/links", key: shop.key,
            body: #"{"application": "\#(shop.application)"\#(more.isEmpty ? "" : ", " + more)}"#)
        #expect(made.status == 201)
        let url = try #require(made.body["url"].string)
        return LinkWalk(
            path: "/link/" + (url.split(separator: "/").last ?? ""), id: try #require(made.body["id"].string),
            application: shop.application)
    }

    /// Presses the button; gives the `state` and the browser's cookie.
    func begin(_ client: any TestClientProtocol) async throws -> (state: String, cookie: String) {
        let page = try await Self.page(client, .post, path)
        #expect(page.status == 200)
        let state = try #require(page.html.firstMatch(of: #/state=([\w-]{43})/#)).1
        return (String(state), String(try #require(page.headers[.setCookie]?.split(separator: ";").first)))
    }

    /// Comes back from the provider; gives the status of the callback's answer.
    func comeBack(
        _ client: any TestClientProtocol, state: String, cookie: String?, query: String = "code=TG-code-marker"
    ) async throws -> Int {
        try await Self.page(
            client, .get, "/oauth/callback/\(application)?\(query)&state=\(state)", cookie: cookie
        ).status
    }

    /// Goes the whole way; gives the last page and the browser's cookie.
    @discardableResult
    func finish(
        _ client: any TestClientProtocol, query: String = "code=TG-code-marker"
    ) async throws -> (html: String, cookie: String) {
        let (state, cookie) = try await begin(client)
        #expect(try await comeBack(client, state: state, cookie: cookie, query: query) == 303)
        return (try await Self.page(client, .get, path + "/done", cookie: cookie).html, cookie)
    }

    /// Asks as a browser does.
    static func page(
        _ client: any TestClientProtocol, _ method: HTTPRequest.Method, _ uri: String, cookie: String? = nil
    ) async throws -> (status: Int, headers: HTTPFields, html: String) {
        var headers = HTTPFields()
        headers[.cookie] = cookie
        let response = try await client.executeRequest(uri: uri, method: method, headers: headers, body: nil)
        return (response.status.code, response.headers, String(buffer: response.body))
    }
}

extension Shop {
    /// The newest connection of a seller as the API shows it, `null` for none.
    func connection(_ client: any TestClientProtocol, of seller: String? = nil) async throws -> JSONValue {
        try await client.call(.get, "/v1/sellers/\(seller ?? self.seller)/connections", key: key).body["data"]["0"]
    }

    /// The data of a seller's events of a type, oldest first.
    func events(
        _ client: any TestClientProtocol, _ type: String, of seller: String? = nil
    ) async throws -> [JSONValue] {
        let list = try await client.call(
            .get, "/v1/events?seller=\(seller ?? self.seller)&type=\(type)&limit=200", key: key)
        var data: [JSONValue] = []
        for event in list.body["data"].elements.reversed() {
            let one = try await client.call(.get, "/v1/events/\(event["id"].string ?? "")", key: key)
            data.append(try JSONValue(json: one.body["body"].string ?? "null")["data"])
        }
        return data
    }
}
