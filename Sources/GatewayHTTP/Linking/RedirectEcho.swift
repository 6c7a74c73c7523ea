import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers the set-up check at the redirect URI itself, so that it is this very path which is known to lead here.
enum RedirectEcho {
    /// The answer to a query that is `check=` and a nonce and nothing else; `nil` for every other one.
    static func answer(_ request: Request, _ address: PublicAddress) -> Response? {
        guard let query = request.uri.query, query.hasPrefix("check="),
            let echo = address.echo(of: String(query.dropFirst("check=".count)))
        else { return nil }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: echo)))
    }
}
