import Configuration
import Foundation

/// Where the provider is.
///
/// - Configuration keys:
///   - `upstream.api_url` (string, default: `https://api.mercadopago.com`): `https`, no path.
///   - `upstream.allow_insecure_loopback` (bool, default: false): whether the API may be plain HTTP on 127.0.0.1.
///   - `upstream.authorization_url` (string, default: by the application's country).
///   - `upstream.ca_file` (string, default: none): PEM file of a further certificate authority, for the sandbox.
///   - `upstream.first_byte_timeout_seconds` (int, default: 30, range: 1...120): the longest wait for the first byte of
///     an answer through the proxy, and between two of its parts.
public struct UpstreamSettings: Sendable {
    static let keys = [
        SettingKey("upstream.api_url", "https://api.mercadopago.com", "https URL without a path"),
        SettingKey("upstream.allow_insecure_loopback", "false", "true or false"),
        SettingKey("upstream.authorization_url", "", "URL without a path; empty: by the application's country"),
        SettingKey("upstream.ca_file", "", "PEM file of a further certificate authority"),
        SettingKey("upstream.first_byte_timeout_seconds", "30", "seconds, 1...120"),
    ]

    /// The API's scheme, host and port.
    public let apiURL: String
    /// The authorization pages' scheme, host and port; `nil` goes by country.
    public let authorizationURL: String?
    /// PEM file of a further certificate authority.
    public let caFile: String?
    /// The longest wait for the first byte of an answer through the proxy, and between two of its parts.
    public let firstByteTimeout: Duration

    init(_ config: ConfigReader) throws(SettingsError) {
        let apiURL = try config.text("upstream.api_url", default: "https://api.mercadopago.com")
        let allowsLoopback = try config.flag("upstream.allow_insecure_loopback", default: false)
        // SEC C2.13: TLS to the token endpoint can't be switched off, unless it is this machine's own.
        guard isOrigin(apiURL), apiURL.hasPrefix("https://") || allowsLoopback && isPlainLoopback(apiURL) else {
            throw .invalid(key: "upstream.api_url", expected: "an https URL without a path")
        }
        self.apiURL = apiURL
        let authorization = try config.text("upstream.authorization_url", default: "")
        guard authorization.isEmpty || isSecureOrLocal(authorization)
        else { throw .invalid(key: "upstream.authorization_url", expected: "an https URL without a path") }
        authorizationURL = authorization.isEmpty ? nil : authorization
        let caFile = try config.text("upstream.ca_file", default: "")
        self.caFile = caFile.isEmpty ? nil : caFile
        firstByteTimeout = .seconds(
            try config.number("upstream.first_byte_timeout_seconds", default: 30, in: 1...120))
    }
}

extension UpstreamSettings {
    /// Whether the API is spoken to by TLS.
    var isSecure: Bool { apiURL.hasPrefix("https:") }
    /// The API's host, without the brackets of an IPv6 address.
    var host: String {
        (URLComponents(string: apiURL)?.host ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    }
    /// The API's port, its scheme's own where none is said.
    var port: Int { URLComponents(string: apiURL)?.port ?? (isSecure ? 443 : 80) }
}

/// Whether a URL is an origin that TLS protects, or one of this machine (SEC C8.2).
func isSecureOrLocal(_ url: String) -> Bool {
    guard isOrigin(url), let parts = URLComponents(string: url) else { return false }
    return parts.scheme == "https" || parts.scheme == "http" && ["127.0.0.1", "localhost"].contains(parts.host)
}

/// Whether an origin is this machine's own in plain HTTP, by its address: a name might be led elsewhere.
private func isPlainLoopback(_ url: String) -> Bool {
    guard let parts = URLComponents(string: url) else { return false }
    return parts.scheme == "http" && parts.host == "127.0.0.1"
}

/// Whether a URL is scheme, host and port only.
func isOrigin(_ url: String) -> Bool {
    guard let range = url.range(of: "://") else { return false }
    let rest = url[range.upperBound...]
    return !rest.isEmpty && !rest.contains(where: { "/?#@ ".contains($0) })
}
