// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: SellerStore {
    public func add(
        _ seller: Seller, dataKey: WrappedDataKey, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                "INSERT INTO seller (id, external_ref, name, state, created_at) VALUES (?, ?, ?, ?, ?)",
                [
                    seller.id.blob, seller.externalRef?.description, seller.name, seller.state.rawValue,
                    seller.createdAt.milliseconds,
                ])
            try db.add(dataKey)
            try db.record(change)
        }
    }

    public func seller(_ reference: SellerReference) async throws(StoreError) -> Seller? {
        try await read { db in
            switch reference {
            case .id(let id): try db.row("SELECT * FROM seller WHERE id = ?", [id.blob]).map(seller(from:))
            case .external(let ref):
                try db.row("SELECT * FROM seller WHERE external_ref = ?", [ref.description]).map(seller(from:))
            }
        }
    }

    public func sellers(_ filter: SellerFilter, page: Page) async throws(StoreError) -> [Seller] {
        try await read { db in
            var selection = Selection("seq", before: try page.start("seller", db))
            selection.narrow("id = ?", filter.only?.blob)
            selection.narrow("state = ?", filter.state?.rawValue)
            if filter.state == nil { selection.narrow("state <> 'erased'") }
            selection.narrow("external_ref = ?", filter.externalRef?.description)
            // SQLite's own lower() leaves Ñ and á as they are.
            selection.narrow("instr(swiftLowercaseString(name), swiftLowercaseString(?)) > 0", filter.search)
            return try db.rows(
                "SELECT * FROM seller WHERE \(selection.sql) ORDER BY seq DESC LIMIT \(page.limit)",
                selection.arguments
            ).map(seller(from:))
        }
    }

    public func update(
        _ id: SellerID, _ changes: SellerChanges, as change: Change
    ) async throws(StoreError) -> Seller {
        try await writer.write { db in
            let ref = changes.externalRef.flatMap { $0 }?.description
            try db.run(
                """
                UPDATE seller SET external_ref = CASE WHEN ? THEN ? ELSE external_ref END, name = coalesce(?, name),
                    state = coalesce(?, state) WHERE id = ? AND state <> 'erased'
                """,
                [changes.externalRef != nil, ref, changes.name, changes.state?.rawValue, id.blob])
            try db.expectChange(orThrow: .notFound)
            try db.record(change)
            guard let changed = try db.row("SELECT * FROM seller WHERE id = ?", [id.blob]).map(seller(from:)) else {
                throw StoreError.notFound
            }
            return changed
        }
    }
}

func seller(from row: Row) throws -> Seller {
    Seller(
        id: try row.id("id"), externalRef: (row["external_ref"] as String?).flatMap { ExternalRef($0) },
        name: row["name"], state: try row.value("state"), createdAt: row.time("created_at"))
}
