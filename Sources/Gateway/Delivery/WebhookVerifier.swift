import Crypto
import Foundation

/// Verifies a delivery as a receiver does, by Standard Webhooks 1.0: constant time, five minutes of tolerance.
public struct WebhookVerifier: Sendable {
    /// Why a delivery is not to be believed.
    public enum Refusal: Error, Hashable, Sendable {
        case missingHeader, malformedTimestamp, timestampOutOfTolerance, noMatchingSignature
    }

    /// How far a timestamp may lie from the receiver's clock, either way.
    static let tolerance: Int64 = 300

    private let secret: Secret<[UInt8]>
    private let clock: WallClock

    /// Takes a `whsec_…` secret; another text gives `nil`.
    public init?(secret: Secret<String>, clock: WallClock = .system) {
        guard case .symmetric(let bytes) = SigningSecret(secret) else { return nil }
        self.secret = bytes
        self.clock = clock
    }

    /// Returns when one of the signatures is right and fresh.
    ///
    /// - Throws: ``Refusal``.
    public func verify(
        body: [UInt8], id: String?, timestamp: String?, signature: String?
    ) throws(Refusal) {
        guard let id, !id.isEmpty, let timestamp, let signature else { throw .missingHeader }
        // Anybody can send this: few enough digits that no subtraction overflows.
        let digits = timestamp.utf8
        guard (1...12).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(timestamp)
        else { throw .malformedTimestamp }
        guard abs(clock.now.seconds - seconds) <= Self.tolerance else { throw .timestampOutOfTolerance }
        let message = Array("\(id).\(timestamp).".utf8) + body
        let isRight = signature.split(separator: " ").contains { entry in
            let parts = entry.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == "v1", let code = Data(base64Encoded: String(parts[1])), !code.isEmpty
            else { return false }
            return secret.reveal {
                HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: SymmetricKey(data: $0))
            }
        }
        guard isRight else { throw .noMatchingSignature }
    }
}
