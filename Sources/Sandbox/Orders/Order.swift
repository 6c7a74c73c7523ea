import Foundation

/// An order of generation B, with its one payment.
///
/// Source: reference §3.2.
struct Order: Sendable {
    enum Status: String, Sendable {
        case created
        case atTerminal = "at_terminal"
        case processed
        case failed
        case canceled
        case expired
        case actionRequired = "action_required"
        case refunded

        /// Whether nothing but a refund can happen any more.
        var isFinal: Bool { self != .created && self != .atTerminal }
    }

    let id: String
    let paymentID: String
    let owner: GrantKey
    let isLive: Bool
    let site: Site
    let request: OrderRequest
    let createdAt: Date
    var updatedAt: Date
    var status = Status.created
    var statusDetail = "created"
    /// The payment in `/v1/payments`, once it was processed.
    var reference: Int64?
    /// Minor units that went back.
    var refunded: Int64 = 0

    /// The body of the order routes.
    var json: JSON {
        var members: [String: JSON] = [
            "id": .string(id), "type": "point", "user_id": .string(String(owner.userID)),
            "external_reference": .string(request.externalReference), "processing_mode": "automatic",
            "country_code": .string(site.country3), "status": .string(status.rawValue),
            "status_detail": .string(statusDetail), "created_date": .string(Timestamp.utc(createdAt)),
            "last_updated_date": .string(Timestamp.utc(updatedAt)), "config": request.config,
            "transactions": ["payments": [paymentJSON]],
        ]
        if let description = request.description { members["description"] = .string(description) }
        if let expiration = request.expirationTime { members["expiration_time"] = .string(expiration) }
        var integration = request.integrationData?.members ?? [:]
        integration["application_id"] = .string(owner.clientID)
        members["integration_data"] = .object(integration)
        return .object(members)
    }

    private var paymentJSON: JSON {
        var payment: [String: JSON] = [
            "id": .string(paymentID), "amount": .string(request.amountText), "status": .string(status.rawValue),
        ]
        if let reference {
            payment["reference_id"] = .string(String(reference))
            payment["paid_amount"] = .string(request.amountText)
            payment["status_detail"] = .string(statusDetail)
            payment["payment_method"] = ["type": "credit_card", "id": "visa", "installments": 1]
            payment["card"] = ["first_digits": "450995", "last_digits": "3704"]
        }
        if refunded > 0 { payment["refunded_amount"] = .string(OrderRequest.text(refunded)) }
        return .object(payment)
    }
}

extension Site {
    /// Three letters of ISO 3166.
    var country3: String {
        switch self {
        case .argentina: "ARG"
        case .brazil: "BRA"
        case .mexico: "MEX"
        case .chile: "CHL"
        case .colombia: "COL"
        case .peru: "PER"
        case .uruguay: "URY"
        }
    }

    /// Whether Orders and terminals are offered.
    ///
    /// Source: reference §5.
    var hasOrders: Bool { [.argentina, .brazil, .mexico, .chile].contains(self) }
}

extension SeededGenerator {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// A prefix and the 26 characters of a ULID, as orders and their payments are named.
    mutating func ulid(_ prefix: String) -> String {
        prefix + "01JX" + String((0..<22).map { _ in Self.alphabet[Int(next() % 32)] })
    }
}
