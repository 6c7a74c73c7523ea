import Gateway
import HTTPTypes

/// Refuses forms that another site sends (SEC C5.7).
///
/// Browsers that know `Sec-Fetch-Site` always send it. `Origin` is `null` on our own forms, because the pages say
/// `Referrer-Policy: no-referrer`. A client that sends neither is no browser and carries nobody's cookie.
struct SameOriginPolicy: Sendable {
    private let origin: String

    /// Takes the gateway's own address.
    init(_ address: PublicAddress) {
        origin = Self.normalized(address.base)
    }

    /// Whether the request may change something.
    func allows(_ headers: HTTPFields) -> Bool {
        if let site = headers[.secFetchSite] {
            guard site == "same-origin" || site == "none" else { return false }
        }
        guard let sender = headers[.origin] else { return true }
        return sender == "null" || Self.normalized(sender) == origin
    }

    // Browsers write the host in lower case and leave the scheme's own port out (RFC 6454 §6.2).
    private static func normalized(_ origin: String) -> String {
        let lower = origin.lowercased()
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")]
        where lower.hasPrefix(scheme) && lower.hasSuffix(port) {
            return String(lower.dropLast(port.count))
        }
        return lower
    }
}
