/// The checked body of an intent's creation.
///
/// Source: reference §2.3.
struct PaymentIntentRequest: Sendable {
    /// Minor units of the seller's currency.
    let amount: Int64
    let description: String?
    let payment: JSON?
    let additionalInfo: JSON?

    /// Reads a body by the rules of the seller's site.
    ///
    /// - Throws: 400 that names the field.
    init(_ body: JSON?, site: Site, amounts: ClosedRange<Int64>) throws {
        guard let body, body.members != nil else { throw Self.refusal("invalid json body") }
        guard let amount = body["amount"] else { throw Self.refusal("amount is required") }
        guard let value = amount.int else { throw Self.refusal("amount: Must be an integer") }
        guard value >= amounts.lowerBound else {
            throw Self.refusal("amount: Must be greater than or equal to \(amounts.lowerBound)")
        }
        guard value <= amounts.upperBound else {
            throw Self.refusal("amount: Must be less than or equal to \(amounts.upperBound)")
        }
        self.amount = value
        description = body["description"]?.string
        payment = try body["payment"].map { try Self.checked(payment: $0, site: site, amount: value) }
        additionalInfo = try body["additional_info"].map(Self.checked(info:))
    }

    private static func checked(payment: JSON, site: Site, amount: Int64) throws -> JSON {
        guard site == .brazil else { throw refusal("payment: is not allowed for site \(site.rawValue)") }
        guard let type = payment["type"]?.string,
            ["credit_card", "debit_card", "voucher_card"].contains(type)
        else { throw refusal("payment.type: Must be one of credit_card, debit_card, voucher_card") }
        if let installments = payment["installments"] {
            guard type == "credit_card", let count = installments.int, (1...72).contains(count) else {
                throw refusal("payment.installments: Must be between 1 and 72, for credit_card only")
            }
            guard count == 1 || amount / count >= 500 else {
                throw refusal("payment.installments: each installment must be at least 500")
            }
        }
        if let cost = payment["installments_cost"] {
            guard type == "credit_card", ["seller", "buyer"].contains(cost.string ?? "") else {
                throw refusal("payment.installments_cost: Must be one of seller, buyer, for credit_card only")
            }
        }
        if let voucher = payment["voucher_type"] {
            guard type == "voucher_card", ["sodexo", "alelo"].contains(voucher.string ?? "") else {
                throw refusal("payment.voucher_type: Must be one of sodexo, alelo, for voucher_card only")
            }
        }
        return payment
    }

    private static func checked(info: JSON) throws -> JSON {
        guard info.members != nil else { throw refusal("additional_info: Must be an object") }
        if let reference = info["external_reference"] {
            let text = reference.string ?? ""
            let isPlain = text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                    || Character(Unicode.Scalar(byte)).isLetter && byte < 128
                    || Character(Unicode.Scalar(byte)).isNumber && byte < 128
            }
            guard (1...64).contains(text.utf8.count), isPlain else {
                throw refusal("additional_info.external_reference: Must match [A-Za-z0-9_-]{1,64}")
            }
        }
        if let prints = info["print_on_terminal"], prints.bool == nil {
            throw refusal("additional_info.print_on_terminal: Must be a boolean")
        }
        if let ticket = info["ticket_number"], ticket.string == nil {
            throw refusal("additional_info.ticket_number: Must be a string")
        }
        return info
    }

    private static func refusal(_ message: String) -> Refusal { .upstream(400, "bad_request", message) }
}
