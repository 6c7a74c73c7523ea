import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

/// Sends pages out with the headers that each of them needs (SEC C5.8).
struct LinkingAnswers: Sendable {
    private let isSecure: Bool

    /// Takes the gateway's own address, which says whether browsers come by HTTPS.
    init(_ address: PublicAddress) {
        isSecure = address.isSecure
    }

    /// A page.
    func page(_ page: LinkingPage) -> Response {
        var headers = common
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.setCookie] = page.cookie
        return Response(
            status: page.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: page.html)))
    }

    /// Sends the browser on by GET, so that what it came with leaves the address bar (SEC C1.12, C1.15).
    func seeOther(_ path: String) -> Response {
        var headers = common
        headers[.location] = path
        return Response(status: .seeOther, headers: headers)
    }

    /// The style sheet, the only thing here that may be kept.
    func styleSheet() -> Response {
        let headers: HTTPFields = [
            .contentType: "text/css; charset=utf-8", .cacheControl: "public, max-age=86400",
            .xContentTypeOptions: "nosniff",
        ]
        let body = ByteBuffer(bytes: PackageResources.page_style_css)
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    private var common: HTTPFields {
        var headers: HTTPFields = [
            .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
                + "base-uri 'none'; frame-ancestors 'none'",
        ]
        if isSecure { headers[.strictTransportSecurity] = "max-age=31536000" }
        headers[.own("Referrer-Policy")] = "no-referrer"
        headers[.own("Cross-Origin-Opener-Policy")] = "same-origin"
        return headers
    }
}
