import Crypto
import Foundation
public import Gateway

/// Understands the provider's notifications in all their forms (REF §2.8 and §4).
public struct MercadoPagoNotifications: NotificationReader {
    /// Everything is in the notification itself.
    public init() {}

    /// The signature's parts, the type and the retry's number.
    public var keptHeaders: Set<String> { ["x-signature", "x-request-id", "content-type", "x-retry"] }

    /// Verifies the panel's signature, then reads.
    public func read(application request: ReceivedRequest, secrets: [Secret<String>]) -> NotificationReading {
        let query = Self.query(request.query)
        guard let body = AnswerReading.object(request.body) else { return .malformed(reason: "not_an_object") }
        if body["topic"] != nil, body["resource"] != nil, body["user_id"] == nil { return .ignored(reason: "ipn") }
        switch verify(request, query, body, secrets) {
        case .valid: return Self.understood(body, proof: .signature)
        case .absent: return .unverified(reason: "signature_missing")
        case .invalid: return .unverified(reason: "signature_mismatch")
        case .swapped: return .unverified(reason: "id_mismatch")
        }
    }

    /// Reads what came to a path that only the provider knows; a signature that is there must be right.
    public func read(connection request: ReceivedRequest, secrets: [Secret<String>]) -> NotificationReading {
        guard let body = AnswerReading.object(request.body) else { return .malformed(reason: "not_an_object") }
        switch verify(request, Self.query(request.query), body, secrets) {
        case .valid: return Self.understood(body, proof: .signature)
        case .absent: return Self.understood(body, proof: .path)
        case .invalid where secrets.isEmpty: return Self.understood(body, proof: .path)
        case .invalid: return .unverified(reason: "signature_mismatch")
        case .swapped: return .unverified(reason: "id_mismatch")
        }
    }

    /// Payments are looked up for their receivers' sake, intents and orders because they say how it went (REF §4.3).
    public func need(of topic: String) -> ProofNeed { NotificationEvidence.need(of: topic) }

    /// HMAC-SHA-256 of the code under the integrator token, 64 lower-case hex digits (REF §2.1).
    public func answer(challenge code: String, token: Secret<String>) -> String {
        let key = token.reveal { SymmetricKey(data: Array($0.utf8)) }
        return hexadecimal(Array(HMAC<SHA256>.authenticationCode(for: Array(code.utf8), using: key)))
    }

    private enum Verification { case valid, absent, invalid, swapped }

    private func verify(
        _ request: ReceivedRequest, _ query: [String: String], _ body: [String: Any], _ secrets: [Secret<String>]
    ) -> Verification {
        guard let header = request.header("x-signature"), !header.isEmpty else { return .absent }
        guard let signature = PanelSignature(header) else { return .invalid }
        let signed = query["data.id"]
        // The body is not signed, so it must not name another resource than the query (REF §4.6, trap 4).
        if let signed, let named = Self.resource(body), signed.lowercased() != named.lowercased() { return .swapped }
        return signature.isValid(id: signed, request: request.header("x-request-id"), secrets: secrets)
            ? .valid : .invalid
    }

    /// The parameters of a query, decoded; the first of each name counts.
    static func query(_ text: String) -> [String: String] {
        text.split(separator: "&").reduce(into: [:]) { query, part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacing("+", with: " ").removingPercentEncoding ?? String($0)
            }
            if query[pair[0]] == nil { query[pair[0]] = pair.count == 2 ? pair[1] : "" }
        }
    }

    private static func resource(_ body: [String: Any]) -> String? {
        if let data = body["data"] as? [String: Any] { return AnswerReading.text(data["id"]) }
        return body["state"] != nil ? AnswerReading.text(body["id"]) : nil
    }

    private static func understood(_ body: [String: Any], proof: Proof) -> NotificationReading {
        let notification = body["state"] != nil ? NotificationForm.flat(body) : NotificationForm.envelope(body)
        guard let notification else { return .malformed(reason: "unknown_form") }
        return .understood(notification, proof: proof)
    }
}
