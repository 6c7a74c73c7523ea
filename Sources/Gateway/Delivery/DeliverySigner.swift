import Crypto
import Foundation

/// Signs deliveries by Standard Webhooks 1.0 over the bytes `id.timestamp.body` (DLV 8).
public enum DeliverySigner {
    /// Signs a body for the header `webhook-signature`.
    ///
    /// - Parameters:
    ///   - body: The bytes as they are sent.
    ///   - id: The value of `webhook-id`, without a full stop.
    ///   - timestamp: The value of `webhook-timestamp`, seconds since 1970 of this attempt.
    ///   - secrets: Those that sign now.
    /// - Returns: One signature a secret, newest first, separated by spaces.
    public static func signature(
        of body: [UInt8], id: String, timestamp: Int64, secrets: [SigningSecret]
    ) -> String {
        let message = Array("\(id).\(timestamp).".utf8) + body
        return secrets.compactMap { secret in
            switch secret {
            case .symmetric(let key):
                key.reveal { key in
                    let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))
                    return "v1," + Data(code).base64EncodedString()
                }
            case .asymmetric(let seed):
                seed.reveal { seed in
                    let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
                    return (try? key?.signature(for: message)).map { "v1a," + Data($0).base64EncodedString() }
                }
            }
        }.joined(separator: " ")
    }
}
