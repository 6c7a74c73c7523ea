/// What a caller wants of an order, checked.
///
/// Source: reference §3.2.
struct OrderRequest: Sendable {
    let externalReference: String
    let description: String?
    let expirationTime: String?
    /// Minor units.
    let amount: Int64
    /// As it came: two decimals.
    let amountText: String
    let terminalID: String
    let config: JSON
    let integrationData: JSON?

    /// Reads a body.
    ///
    /// - Throws: 400 for a body that is no JSON, or lacks something or has it wrong.
    init(_ body: JSON?) throws {
        guard let members = body?.members else {
            throw Refusal.orders(400, "json_syntax_error", "The body is no JSON object.")
        }
        let missing = ["type", "external_reference", "transactions", "config"].filter { members[$0] == nil }
        guard missing.isEmpty else {
            throw Refusal.orders(400, "required_properties", "Properties are missing.", missing)
        }
        guard members["type"] == "point" else { throw Self.value("type") }
        guard let reference = members["external_reference"]?.string,
            reference.wholeMatch(of: /[A-Za-z0-9_\-]{1,64}/) != nil
        else { throw Self.value("external_reference") }
        let payments = members["transactions"]?["payments"]?.array ?? []
        guard !payments.isEmpty else {
            throw Refusal.orders(400, "minimum_items", "One payment is needed.", ["transactions.payments"])
        }
        guard payments.count == 1 else {
            throw Refusal.orders(400, "maximum_items", "One payment is allowed.", ["transactions.payments"])
        }
        guard let text = payments[0]["amount"]?.string, let amount = Self.minorUnits(text), amount >= 500 else {
            throw Self.value("transactions.payments[0].amount")
        }
        guard let config = members["config"], let terminal = config["point"]?["terminal_id"]?.string else {
            throw Refusal.orders(400, "required_properties", "Properties are missing.", ["config.point.terminal_id"])
        }
        let description = members["description"]?.string
        guard description?.utf8.count ?? 0 <= 150 else { throw Self.value("description") }
        externalReference = reference
        self.description = description
        expirationTime = members["expiration_time"]?.string
        self.amount = amount
        amountText = text
        terminalID = terminal
        self.config = config
        integrationData = members["integration_data"]
    }

    /// Minor units of an amount with two decimals.
    static func minorUnits(_ text: String) -> Int64? {
        guard let match = text.wholeMatch(of: /([0-9]{1,10})\.([0-9]{2})/), let whole = Int64(match.1),
            let part = Int64(match.2)
        else { return nil }
        return whole * 100 + part
    }

    /// Minor units as this family writes them.
    static func text(_ minorUnits: Int64) -> String {
        let part = String(minorUnits % 100)
        return "\(minorUnits / 100).\(part.utf8.count == 1 ? "0" : "")\(part)"
    }

    private static func value(_ property: String) -> Refusal {
        .orders(400, "property_value", "A property has a value that is not allowed.", [property])
    }
}
