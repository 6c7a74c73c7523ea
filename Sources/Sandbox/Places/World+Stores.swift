extension World {
    /// Refuses a path that names another account than the token's.
    func checkOwner(_ userID: Int64?, _ caller: Caller) throws {
        guard userID == caller.userID else {
            throw Refusal.upstream(403, "forbidden", "the user is not the owner of the resource")
        }
    }

    /// Makes a store or changes one.
    ///
    /// Source: reference §3.4.
    ///
    /// - Throws: 400 for a missing or too long name, or an external id that is too long or taken.
    mutating func saveStore(_ id: Int64?, _ body: JSON?, by caller: Caller) throws -> Store {
        var store: Store
        if let id {
            store = try self.store(id, of: caller)
        } else {
            guard body?["name"]?.string != nil else { throw Self.refusal("name is required") }
            store = Store(
                id: next(.store), ownerID: caller.userID, name: "", externalID: nil, location: [:], createdAt: now)
        }
        store.name = body?["name"]?.string ?? store.name
        store.externalID = body?["external_id"]?.string ?? store.externalID
        store.location = body?["location"] ?? store.location
        guard (1...45).contains(store.name.count) else { throw Self.refusal("name: at most 45 characters") }
        guard (store.externalID ?? "").count <= 60 else { throw Self.refusal("external_id: at most 60 characters") }
        let others = stores.values.filter { $0.ownerID == caller.userID && $0.id != store.id }
        if let externalID = store.externalID, others.contains(where: { $0.externalID == externalID }) {
            throw Self.refusal("external_id is already assigned")
        }
        stores[store.id] = store
        return store
    }

    /// The caller's store.
    ///
    /// - Throws: 404 when it is unknown or another account's.
    func store(_ id: Int64?, of caller: Caller) throws -> Store {
        guard let store = id.flatMap({ stores[$0] }), store.ownerID == caller.userID else {
            throw Refusal.upstream(404, "not_found", "Store not found")
        }
        return store
    }

    /// A page of the caller's stores.
    ///
    /// - Throws: 400 for a bad limit or offset.
    func storePage(of caller: Caller, _ query: FormFields) throws -> JSON {
        let range = try PageRange(query, largest: 100, defaultLimit: 50)
        let found = stores.values.filter { store in
            store.ownerID == caller.userID && (query.filled("external_id").map { $0 == store.externalID } ?? true)
        }
        let page = range.cut(found.sorted { $0.id < $1.id })
        return ["paging": range.json(total: found.count), "results": .array(page.map(\.json))]
    }

    private static func refusal(_ message: String) -> Refusal { .upstream(400, "bad_request", message) }
}
