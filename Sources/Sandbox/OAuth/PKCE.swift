import Crypto
import Foundation

/// Proof key for code exchange.
///
/// Source: RFC 7636; reference §1.3.
enum PKCE {
    /// How a challenge was made from the verifier.
    enum Method: String, Sendable {
        case sha256 = "s256"
        case plain
    }

    /// What the authorization request promised.
    struct Challenge: Sendable {
        let value: String
        let method: Method

        /// Whether a verifier keeps the promise.
        func isMet(by verifier: String) -> Bool {
            switch method {
            case .plain: value == verifier
            case .sha256: value == PKCE.challenge(of: verifier)
            }
        }
    }

    /// The S256 challenge: Base64URL of the SHA-256, without padding.
    static func challenge(of verifier: String) -> String {
        Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    /// Whether text has the shape of a verifier: 43 to 128 unreserved characters.
    static func isVerifier(_ text: String) -> Bool {
        (43...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: "~"):
                    true
                default: false
                }
            }
    }
}
