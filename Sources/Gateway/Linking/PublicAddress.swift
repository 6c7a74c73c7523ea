/// The gateway's address as the world sees it: the only source of links, redirect URIs and webhook URLs.
///
/// Never built from a request's `Host` (SEC C1.4).
public struct PublicAddress: Sendable {
    /// Scheme, host and port without a slash at the end.
    public let base: String
    private let hashing: KeyedHash

    /// Takes the configured `public_url`; a slash at its end is dropped.
    public init(base: String, keyRing: KeyRing) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        hashing = keyRing.hashing
    }

    /// Whether browsers reach it by HTTPS, so that cookies can carry the `__Host-` prefix.
    public var isSecure: Bool { base.hasPrefix("https://") }

    /// The one constant redirect URI of an application.
    public func redirectURI(of application: ApplicationID) -> String {
        "\(base)/oauth/callback/\(application)"
    }

    /// The URL of an onboarding link; whoever has it can start the linking.
    func link(token: Secret<String>) -> Secret<String> {
        token.reveal { Secret("\(base)/link/\($0)") }
    }

    /// The webhook URL of an application, to be set in the provider's panel.
    public func webhook(of application: ApplicationID) -> String {
        "\(base)/hooks/app/\(opaque(application.ulid, "hook-app"))"
    }

    /// The webhook URL of one connection, registered by API; its path authenticates what comes to it.
    func webhook(of connection: ConnectionID) -> Secret<String> {
        Secret("\(base)/hooks/con/\(opaque(connection.ulid, "hook-con"))")
    }

    /// The application whose webhook path ends so, or `nil` for a path that was not made here.
    func application(opaque text: String) -> ApplicationID? {
        verified(text, "hook-app").map { ApplicationID($0) }
    }

    /// The connection whose webhook path ends so, or `nil` for a path that was not made here.
    func connection(opaque text: String) -> ConnectionID? {
        verified(text, "hook-con").map { ConnectionID($0) }
    }

    /// A keyed hash in Base64url, of a use of its own.
    func mac(_ use: String, _ bytes: [UInt8]) -> String { base64URL(hashing.mac(use, bytes)) }

    // The path names its row and carries 256 bits that only the keyring can make, so nothing has to be stored or
    // looked up to refuse a guess.
    private func opaque(_ row: ULID, _ use: String) -> String {
        base64URL(row.bytes + hashing.mac(use, row.bytes))
    }

    private func verified(_ text: String, _ use: String) -> ULID? {
        guard let raw = bytes(base64URL: text), raw.count == 48, let row = ULID(bytes: raw[0..<16]),
            hashing.isMAC(Array(raw[16...]), use, row.bytes)
        else { return nil }
        return row
    }
}
