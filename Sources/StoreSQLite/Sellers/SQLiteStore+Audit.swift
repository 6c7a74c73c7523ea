// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: IdempotencyStore {
    public func record(
        of apiKey: APIKeyID, key: String, since: Timestamp
    ) async throws(StoreError) -> IdempotencyRecord? {
        try await read { db in
            try db.row(
                """
                SELECT i.* FROM idempotency i JOIN api_key k ON k.seq = i.api_key
                WHERE k.id = ? AND i.key = ? AND i.created_at >= ?
                """, [apiKey.blob, key, since.milliseconds]
            ).map { row in
                IdempotencyRecord(
                    apiKey: apiKey, key: key, requestHash: row.bytes("request_hash"), status: row["status"],
                    resource: row["resource"], at: row.time("created_at"))
            }
        }
    }

    public func forget(before: Timestamp) async throws(StoreError) -> Int {
        try await writer.write { db in
            try db.run(
                """
                DELETE FROM idempotency WHERE (api_key, key) IN
                    (SELECT api_key, key FROM idempotency WHERE created_at < ? LIMIT 1000)
                """, [before.milliseconds])
            return db.changesCount
        }
    }
}

extension SQLiteStore: AuditStore {
    public func add(_ entry: AuditEntry) async throws(StoreError) {
        try await writer.write { db in try db.record(entry) }
    }

    public func auditEntries(of seller: SellerID?, page: Page) async throws(StoreError) -> [AuditEntry] {
        try await read { db in
            var selection = Selection("a.seq", before: try page.start("audit", db))
            selection.narrow("s.id = ?", seller?.blob)
            return try db.rows(
                """
                SELECT a.*, s.id AS seller_id FROM audit a LEFT JOIN seller s ON s.seq = a.seller
                WHERE \(selection.sql) ORDER BY a.seq DESC LIMIT \(page.limit)
                """, selection.arguments
            ).map { row in
                AuditEntry(
                    id: try row.id("id"), at: row.time("done_at"), actor: try actor(row["actor"]),
                    action: try row.value("action"), subject: row["subject"], seller: row.optionalID("seller_id"),
                    request: row["request"])
            }
        }
    }
}

private func actor(_ text: String) throws -> Actor {
    if let key = APIKeyID(text) { return .key(key) }
    if let link = OnboardingLinkID(text) { return .shopOwner(link) }
    switch text {
    case Actor.command.description: return .command
    case Actor.gateway.description: return .gateway
    default: throw UnreadableRow(column: "actor")
    }
}
