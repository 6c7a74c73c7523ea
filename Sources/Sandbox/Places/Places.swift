import Foundation

/// A seller's shop.
///
/// Source: reference §3.4.
struct Store: Sendable {
    let id: Int64
    let ownerID: Int64
    var name: String
    var externalID: String?
    var location: JSON
    let createdAt: Date

    /// The body of the store routes; the number is written as a string, as devices carry it.
    var json: JSON {
        [
            "id": .string(String(id)), "user_id": .int(ownerID), "name": .string(name),
            "external_id": .optional(externalID), "location": location,
            "date_creation": .string(Timestamp.offset(createdAt)),
        ]
    }
}

/// A cash desk in a shop.
///
/// Source: reference §3.4.
struct PointOfSale: Sendable {
    let id: Int64
    let ownerID: Int64
    var name: String
    var storeID: Int64?
    var externalID: String?
    var externalStoreID: String?
    /// Further fields that are kept as they came, such as `fixed_amount` and `category`.
    var fields: [String: JSON]
    let createdAt: Date

    /// The body of the POS routes.
    var json: JSON {
        var members = fields
        members["id"] = .int(id)
        members["user_id"] = .int(ownerID)
        members["name"] = .string(name)
        members["store_id"] = .optional(storeID.map(String.init))
        members["external_id"] = .optional(externalID)
        members["external_store_id"] = .optional(externalStoreID)
        members["date_created"] = .string(Timestamp.offset(createdAt))
        return .object(members)
    }
}
