import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// As much of a browser as the shop owner's way needs: cookies, redirects, forms, and `<meta http-equiv="refresh">`.
final class WebBrowser: Sendable {
    /// More redirects in a row are a loop.
    private static let mostRedirects = 10
    private let http: HTTPClient
    private let language: String
    // As in every browser a host's cookies count for all of its ports (RFC 6265 §8.5).
    private let cookies = Mutex<[String: [String: String]]>([:])

    private init(http: HTTPClient, language: String) {
        self.http = http
        self.language = language
    }

    /// Lends a browser without cookies and ends its connections afterwards.
    static func withBrowser<Answer>(
        language: String = "es", _ body: (WebBrowser) async throws -> Answer
    ) async throws -> Answer {
        try await HTTPClient.withHTTPClient(
            configuration: .init(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)))
        ) { http in try await body(WebBrowser(http: http, language: language)) }
    }

    /// The cookies that a host set, by their names.
    func cookies(of host: String) -> [String: String] { cookies.withLock { $0[host] ?? [:] } }

    /// Opens an address and follows what redirects.
    func open(_ url: String) async throws -> WebPage { try await visit(.GET, url, nil) }

    /// Sends a form, each value percent-encoded; `pressing` names a button with its value.
    func submit(_ form: WebForm, on page: WebPage, _ values: [String: String] = [:]) async throws -> WebPage {
        let fields = form.fields.merging(values) { $1 }
        let text = fields.sorted { $0.key < $1.key }.map { "\($0.percentEncoded())=\($1.percentEncoded())" }
            .joined(separator: "&")
        let url = page.absolute(form.action)
        if form.method == "get" { return try await visit(.GET, url + "?" + text, nil) }
        return try await visit(.POST, url, text)
    }

    private func visit(_ method: HTTPMethod, _ url: String, _ form: String?) async throws -> WebPage {
        var (method, url, form) = (method, url, form)
        for _ in 0..<Self.mostRedirects {
            let (page, location) = try await load(method, url, form)
            guard let location else { return page }
            (method, url, form) = (.GET, page.absolute(location), nil)
        }
        throw WaitedInVain(what: "the end of the redirects")
    }

    private func load(_ method: HTTPMethod, _ url: String, _ form: String?) async throws -> (WebPage, String?) {
        let host = WebPage.host(of: url)
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "accept-language", value: language)
        let sent = cookies(of: host)
        if !sent.isEmpty {
            let text = sent.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: "; ")
            request.headers.add(name: "cookie", value: text)
        }
        if let form {
            request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: form))
        }
        let response = try await http.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 22)
        for header in response.headers["set-cookie"] { keep(header, of: host) }
        let page = WebPage(url: url, status: Int(response.status.code), html: String(buffer: body))
        let isRedirect = [301, 302, 303, 307, 308].contains(page.status)
        return (page, isRedirect ? response.headers.first(name: "location") : nil)
    }

    private func keep(_ header: String, of host: String) {
        let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { return }
        let isGone = header.lowercased().contains("max-age=0")
        cookies.withLock { $0[host, default: [:]][String(pair[0])] = isGone ? nil : String(pair[1]) }
    }
}
