import Gateway

/// A resource as the provider showed it.
struct FoundResource {
    /// Its bytes.
    let body: [UInt8]
    /// The same, read.
    let members: [String: Any]
}

/// Compares what notifications say with the resources that they are about; pure.
///
/// Source: REF §2.6 and §3.2 for the states, §4.3 for the topics and their resources.
enum NotificationEvidence {
    /// Largest resource that is passed on, in bytes.
    static let largestPart = 64 << 10

    /// What follows from a resource.
    enum Judgement: Equatable {
        /// It is so, or has gone on from there.
        case so([String: String])
        /// It is so, and a payment tells how it went.
        case paid(payment: String, [String: String])
        /// It is not so; with the provider's own word.
        case otherwise(String)
    }

    /// What is looked up, by topic: a payment's notification names it alone, an intent's and an order's say how it went.
    static func need(of topic: String) -> ProofNeed {
        switch topic {
        case "payment": .resource
        case "point_integration_wh", "order", "orders": .claim
        default: .nothing
        }
    }

    /// Where the resource is; `nil` for an id that is none: whatever forges it does not get to choose the path.
    static func path(of subject: NotificationSubject) -> String? {
        let id = subject.resource
        guard (1...64).contains(id.utf8.count),
            id.utf8.allSatisfy({
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            })
        else { return nil }
        switch subject.topic {
        case "payment": return "/v1/payments/\(id)"
        case "point_integration_wh": return "/point/integration-api/payment-intents/\(id)"
        case "order", "orders": return "/v1/orders/\(id)"
        default: return nil
        }
    }

    static func judge(_ subject: NotificationSubject, _ found: FoundResource) -> Judgement {
        let text = AnswerReading.text
        let ids = ["id": subject.resource]
        switch subject.topic {
        case "payment":
            return isForeign(found, to: subject) ? .otherwise("foreign_payment") : .so(ids)
        case "point_integration_wh":
            let state = text(found.members["state"]) ?? ""
            guard "state_\(state)" == subject.action || hasGoneOn(state, from: subject.action) else {
                return .otherwise(state)
            }
            guard let payment = (found.members["payment"] as? [String: Any]).flatMap({ text($0["id"]) }),
                !payment.isEmpty, payment.utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { return .so(ids) }
            return .paid(payment: payment, ["id": subject.resource, "payment_id": payment])
        default:
            let status = text(found.members["status"]) ?? ""
            guard text(found.members["user_id"]).map({ $0 == subject.account.description }) ?? true else {
                return .otherwise("foreign_order")
            }
            return isSo(subject.action, status) ? .so(ids) : .otherwise(status)
        }
    }

    /// Whether a payment says that it is to another account.
    static func isForeign(_ payment: FoundResource, to subject: NotificationSubject) -> Bool {
        let nested = (payment.members["collector"] as? [String: Any])?["id"]
        let collector = AnswerReading.text(payment.members["collector_id"] ?? nested)
        return collector.map { $0 != subject.account.description } ?? false
    }

    // An intent on its way says nothing that could be a lie about money; from there it may have come to any end.
    private static func hasGoneOn(_ state: String, from action: String) -> Bool {
        let onTheWay = ["OPEN", "ON_TERMINAL", "PROCESSING", "PROCESSED"]
        let claimed = onTheWay.firstIndex { "state_\($0)" == action }
        guard let claimed, !state.isEmpty else { return false }
        return onTheWay.firstIndex(of: state).map { $0 >= claimed } ?? true
    }

    private static func isSo(_ action: String, _ status: String) -> Bool {
        guard action.hasPrefix("order.") else { return !status.isEmpty }
        let claimed = action.dropFirst("order.".count)
        return switch claimed {
        case "processed": status == "processed" || status == "refunded"
        case "canceled", "refunded", "failed", "expired", "action_required": status == claimed
        // It says nothing about money.
        default: !status.isEmpty
        }
    }
}
