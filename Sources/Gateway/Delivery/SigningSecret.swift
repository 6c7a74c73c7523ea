import Crypto
import Foundation

/// A secret that signs deliveries, in one of the forms of Standard Webhooks.
public enum SigningSecret: Sendable {
    /// `whsec_…`: HMAC-SHA-256, signature scheme `v1`.
    case symmetric(Secret<[UInt8]>)
    /// `whsk_…`: Ed25519, signature scheme `v1a`; 32 bytes of seed.
    case asymmetric(Secret<[UInt8]>)

    /// Reads `whsec_` or `whsk_` and Base64, whose padding may be missing; an empty or other text gives `nil`.
    public init?(_ text: Secret<String>) {
        let read = text.reveal { text -> SigningSecret? in
            if text.hasPrefix("whsec_"), let bytes = Self.bytes(text.dropFirst(6)), !bytes.isEmpty {
                return .symmetric(Secret(bytes))
            }
            if text.hasPrefix("whsk_"), let bytes = Self.bytes(text.dropFirst(5)), bytes.count == 64 {
                return .asymmetric(Secret(Array(bytes.prefix(32))))
            }
            return nil
        }
        guard let read else { return nil }
        self = read
    }

    /// The form that is shown once: `whsec_` and Base64.
    var text: Secret<String> {
        switch self {
        case .symmetric(let bytes): bytes.reveal { Secret("whsec_" + Data($0).base64EncodedString()) }
        case .asymmetric(let seed): seed.reveal { Secret("whsk_" + Data($0).base64EncodedString()) }
        }
    }

    // Some senders cut the padding and some secrets are copied without it, so a last group of any length is read;
    // the bits that fill no whole byte are dropped (DLV 8, V2 and V3).
    private static func bytes(_ base64: Substring) -> [UInt8]? {
        let plain = base64.prefix { $0 != "=" }
        let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: plain + padding).map { Array($0) }
    }
}
