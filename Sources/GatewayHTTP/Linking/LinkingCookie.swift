import Gateway
import HTTPTypes
import Hummingbird

/// What ties a browser to the attempt that it started (SEC C1.2).
///
/// Only the random part proves anything. Token and language ride along so that the callback can send the browser to the
/// link's own page in its language, although no more than a hash of the token is stored. The parts are joined by dots,
/// which none of them contains.
struct LinkingCookie {
    /// How long a browser keeps it, as long as an attempt may take.
    static let life = 600

    /// The attempt's 32 random bytes in Base64url.
    let proof: String
    /// The link that was opened.
    let token: LinkToken
    /// The language that the shop owner reads.
    let locale: PageLocale

    /// Takes what starting an attempt gave.
    init(proof: Secret<String>, token: LinkToken, locale: PageLocale) {
        self.proof = proof.reveal { $0 }
        self.token = token
        self.locale = locale
    }

    /// Reads a cookie's value; one that was not made here gives `nil`.
    init?(_ value: some StringProtocol) {
        let parts = value.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, bytes(base64URL: parts[0])?.count == 32, let token = LinkToken(parts[1]),
            let locale = PageLocale(rawValue: String(parts[2]))
        else { return nil }
        proof = String(parts[0])
        self.token = token
        self.locale = locale
    }

    /// Finds the cookie in a request.
    init?(in request: Request, isSecure: Bool) {
        guard let value = request.cookies[Self.name(isSecure: isSecure)]?.value else { return nil }
        self.init(value)
    }

    /// The `Set-Cookie` field.
    ///
    /// The `__Host-` prefix keeps other hosts of the domain from planting one; browsers accept it by HTTPS only, so
    /// plain HTTP, which is for loopback alone, goes without.
    func field(isSecure: Bool) -> String {
        "\(Self.name(isSecure: isSecure))=\(proof).\(token.text).\(locale.rawValue); Path=/; HttpOnly;"
            + (isSecure ? " Secure;" : "") + " SameSite=Lax; Max-Age=\(Self.life)"
    }

    private static func name(isSecure: Bool) -> String { isSecure ? "__Host-enlace" : "enlace" }
}
