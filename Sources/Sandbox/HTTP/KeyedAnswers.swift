import Foundation
import HTTPTypes

/// An answer that is given again for the same key and the same body.
///
/// Source: reference §3.2 and §5.
struct KeyedAnswer: Sendable {
    let body: [UInt8]
    let reply: Reply
    let at: Date
}

extension World {
    /// For how long a key is remembered.
    private static let keyLife: TimeInterval = 86_400

    /// Does something once for each key of a caller: the same body gets the first answer again, another is refused.
    ///
    /// A refusal is not remembered. `used` is the status for a key that came with another body.
    ///
    /// - Throws: 400 without a key of 1 to 64 bytes, `used` for a key that came with another body.
    mutating func once(
        _ call: Call, by caller: Caller, used: Int = 409, _ work: (inout World) throws -> Reply
    ) throws -> Reply {
        guard let key = call.headers[.idempotencyKey], (1...64).contains(key.utf8.count) else {
            throw Refusal.orders(400, "empty_required_header", "The header X-Idempotency-Key is required.")
        }
        let name = "\(caller.userID) \(call.method) \(call.path) \(key)"
        if let earlier = keyedAnswers[name], now.timeIntervalSince(earlier.at) < Self.keyLife {
            guard earlier.body == call.body else {
                throw Refusal.orders(
                    used, "idempotency_key_already_used", "The idempotency key was used with another body.")
            }
            return earlier.reply
        }
        let reply = try work(&self)
        keyedAnswers[name] = KeyedAnswer(body: call.body, reply: reply, at: now)
        return reply
    }
}

extension Refusal {
    /// The envelope of `/v1/orders` and `/terminals/v1`: a list of errors.
    ///
    /// Source: reference §3.2.
    static func orders(_ status: Int, _ code: String, _ message: String, _ details: [String] = []) -> Refusal {
        var error: [String: JSON] = ["code": .string(code), "message": .string(message)]
        if !details.isEmpty { error["details"] = .array(details.map { .string($0) }) }
        return Refusal(status, ["errors": [.object(error)]])
    }
}
