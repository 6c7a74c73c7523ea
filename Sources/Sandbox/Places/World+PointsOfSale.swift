extension World {
    private static let keptFields = ["fixed_amount", "category", "url"]

    /// Makes a cash desk or changes one.
    ///
    /// Source: reference §3.4.
    ///
    /// - Throws: 400 for a missing name or store, or a taken external id; 404 for another's desk.
    mutating func savePointOfSale(_ id: Int64?, _ body: JSON?, by caller: Caller) throws -> PointOfSale {
        var desk: PointOfSale
        if let id {
            desk = try pointOfSale(id, of: caller)
        } else {
            guard body?["name"]?.string != nil else { throw Self.refusal("name is required") }
            desk = PointOfSale(
                id: next(.pointOfSale), ownerID: caller.userID, name: "", storeID: nil, externalID: nil,
                externalStoreID: nil, fields: [:], createdAt: now)
        }
        desk.name = body?["name"]?.string ?? desk.name
        desk.externalID = body?["external_id"]?.string ?? desk.externalID
        for field in Self.keptFields { desk.fields[field] = body?[field] ?? desk.fields[field] }
        if let store = try wantedStore(body, caller) {
            desk.storeID = store.id
            desk.externalStoreID = store.externalID
        }
        let others = pointsOfSale.values.filter { $0.ownerID == caller.userID && $0.id != desk.id }
        if let externalID = desk.externalID, others.contains(where: { $0.externalID == externalID }) {
            throw Self.refusal("external_id is already assigned")
        }
        pointsOfSale[desk.id] = desk
        return desk
    }

    private func wantedStore(_ body: JSON?, _ caller: Caller) throws -> Store? {
        let own = stores.values.filter { $0.ownerID == caller.userID }
        if let id = body?["store_id"]?.looseInt {
            guard let store = own.first(where: { $0.id == id }) else { throw Self.refusal("store_id not found") }
            return store
        }
        guard let externalID = body?["external_store_id"]?.string else { return nil }
        guard let store = own.first(where: { $0.externalID == externalID }) else {
            throw Self.refusal("external_store_id not found")
        }
        return store
    }

    /// The caller's cash desk.
    ///
    /// - Throws: 404 when it is unknown or another account's.
    func pointOfSale(_ id: Int64?, of caller: Caller) throws -> PointOfSale {
        guard let desk = id.flatMap({ pointsOfSale[$0] }), desk.ownerID == caller.userID else {
            throw Refusal.upstream(404, "not_found", "Point of sale not found")
        }
        return desk
    }

    /// A page of the caller's cash desks.
    ///
    /// - Throws: 400 for a bad limit or offset.
    func pointOfSalePage(of caller: Caller, _ query: FormFields) throws -> JSON {
        let range = try PageRange(query, largest: 100, defaultLimit: 50)
        let found = pointsOfSale.values.filter { desk in
            desk.ownerID == caller.userID
                && (query.filled("external_id").map { $0 == desk.externalID } ?? true)
                && (query.filled("store_id").map { $0 == desk.storeID.map(String.init) } ?? true)
        }
        let page = range.cut(found.sorted { $0.id < $1.id })
        return ["paging": range.json(total: found.count), "results": .array(page.map(\.json))]
    }

    private static func refusal(_ message: String) -> Refusal { .upstream(400, "bad_request", message) }
}
