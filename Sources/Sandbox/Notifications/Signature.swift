import Crypto
import Foundation

/// The `x-signature` of panel webhooks.
///
/// Source: reference §4.6.
enum Signature {
    /// The case in which `data.id` enters the manifest; both were seen in the wild.
    enum IDCase: String, Codable, Sendable {
        case raw
        case lower
    }

    /// The unit of `ts`; both were seen in the wild.
    enum TimeUnit: String, Codable, Sendable {
        case seconds = "s"
        case milliseconds = "ms"

        /// The digits of a moment.
        func digits(of date: Date) -> String {
            switch self {
            case .seconds: String(Int64(date.timeIntervalSince1970))
            case .milliseconds: String(Int64(date.timeIntervalSince1970 * 1000))
            }
        }
    }

    /// The signed text; a part without a value is left out, the last `;` stays.
    static func manifest(dataID: String?, requestID: String?, timestamp: String) -> String {
        var text = ""
        if let dataID, !dataID.isEmpty { text += "id:\(dataID);" }
        if let requestID, !requestID.isEmpty { text += "request-id:\(requestID);" }
        return text + "ts:\(timestamp);"
    }

    /// The `v1` value: 64 lower-case hexadecimal digits.
    static func v1(_ manifest: String, secret: String) -> String {
        Hex.lower(
            HMAC<SHA256>.authenticationCode(
                for: Data(manifest.utf8), using: SymmetricKey(data: Data(secret.utf8))))
    }
}
