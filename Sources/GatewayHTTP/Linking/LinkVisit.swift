import Gateway
import HTTPTypes
import Hummingbird

/// What of a request the linking pages look at.
struct LinkVisit {
    /// The link in the path, if it is spelled like one.
    let token: LinkToken?
    /// The cookie of the attempt that this browser started.
    let cookie: LinkingCookie?
    /// What decides about the language.
    let language: PageLanguage
    /// Whether the page is shown inside a chat or social program, whose reader did not choose to stay there.
    let isInApp: Bool
    /// Whether its reader chose to stay there.
    let isStaying: Bool
    /// The request's id.
    let request: String

    /// What the address of the page says once its reader chose to stay.
    static let staying = "here=1"

    /// Reads path, cookie, `lang` and `Accept-Language`.
    init(_ request: Request, _ context: GatewayRequestContext, isSecure: Bool) {
        token = context.parameters.get("token").flatMap { LinkToken($0) }
        cookie = LinkingCookie(in: request, isSecure: isSecure)
        language = PageLanguage(
            asked: request.uri.queryParameters["lang"], started: cookie?.locale,
            acceptLanguage: request.headers[.acceptLanguage])
        isStaying = request.uri.queryParameters["here"] != nil
        isInApp = !isStaying && InAppBrowser.isOne(request.headers[.userAgent])
        self.request = context.requestID
    }

    /// The cookie, if this browser started by the link in the path.
    var ownCookie: LinkingCookie? { cookie.flatMap { $0.token == token ? $0 : nil } }
    /// The first page of the link in the path, or of the one that this browser started by.
    var linkPath: String? { (token ?? cookie?.token)?.path }
}
