import Foundation

/// A payment as `/v1/payments` shows it.
///
/// Source: reference §3.5.
struct Payment: Sendable {
    /// The states that a Point payment reaches here; "cancelled" with two l is the upstream's spelling.
    enum Status: String, Sendable {
        case approved
        case rejected
        case inProcess = "in_process"
        case refunded

        /// The upstream's reason code.
        var detail: String {
            switch self {
            case .approved: "accredited"
            case .rejected: "cc_rejected_other_reason"
            case .inProcess: "pending_contingency"
            case .refunded: "refunded"
            }
        }
    }

    let id: Int64
    let owner: GrantKey
    let isLive: Bool
    let currency: String
    /// Minor units.
    let amount: Int64
    let type: String
    let installments: Int64
    let externalReference: String?
    let deviceID: String
    let createdAt: Date
    var status: Status
    var refunds: [PaymentRefund] = []

    /// Minor units that went back already.
    var refunded: Int64 { refunds.map(\.amount).reduce(0, +) }

    /// The body of `GET /v1/payments/{id}`; amounts are decimal numbers in currency units.
    var json: JSON {
        [
            "id": .int(id), "status": .string(status.rawValue), "status_detail": .string(status.detail),
            "date_created": .string(Timestamp.offset(createdAt)),
            "date_approved": status == .approved || status == .refunded
                ? .string(Timestamp.offset(createdAt)) : .null,
            "operation_type": "regular_payment", "payment_type_id": .string(type), "payment_method_id": "visa",
            "currency_id": .string(currency), "transaction_amount": Self.decimal(amount),
            "transaction_amount_refunded": Self.decimal(refunded), "installments": .int(installments),
            "external_reference": .optional(externalReference), "collector_id": .int(owner.userID),
            "live_mode": .bool(isLive), "refunds": .array(refunds.map(\.json)),
            "point_of_interaction": ["type": "POINT", "device": ["serial_number": .string(deviceID)]],
        ]
    }

    /// Minor units as the decimal number of this family.
    static func decimal(_ minorUnits: Int64) -> JSON { .double(Double(minorUnits) / 100) }
}

/// Money that went back.
///
/// Source: reference §3.5.
struct PaymentRefund: Sendable {
    let id: Int64
    let paymentID: Int64
    /// Minor units.
    let amount: Int64
    let idempotencyKey: String
    let createdAt: Date

    /// The element of `GET /v1/payments/{id}/refunds`.
    var json: JSON {
        [
            "id": .int(id), "payment_id": .int(paymentID), "amount": Payment.decimal(amount), "status": "approved",
            "date_created": .string(Timestamp.offset(createdAt)),
        ]
    }
}
