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

    public func add(_ changes: [Change]) async throws(StoreError) {
        try await writer.write { db in for change in changes { try db.record(change) } }
    }

    public func auditEntries(_ filter: AuditFilter, page: Page) async throws(StoreError) -> [AuditEntry] {
        try await read { db in
            var selection = Selection("a.seq", before: try page.start("audit", db))
            selection.narrow("s.id = ?", filter.seller?.blob)
            selection.narrow("a.action = ?", filter.action?.rawValue)
            selection.narrow("a.actor = ?", filter.actor?.description)
            selection.narrow("a.done_at >= ?", filter.since?.milliseconds)
            selection.narrow("a.done_at < ?", filter.until?.milliseconds)
            return try db.rows(
                """
                SELECT a.*, s.id AS seller_id FROM audit a LEFT JOIN seller s ON s.seq = a.seller
                WHERE \(selection.sql) ORDER BY a.seq DESC LIMIT \(page.limit)
                """, selection.arguments
            ).map { row in
                AuditEntry(
                    id: try row.id("id"), at: row.time("done_at"), actor: try row.text("actor"),
                    action: try row.value("action"), subject: row["subject"], seller: row.optionalID("seller_id"),
                    request: row["request"])
            }
        }
    }

    public func auditStretch(after position: Int64, limit: Int) async throws(StoreError) -> AuditStretch {
        try await read { db in
            // As bytes: text that is read as text ends at a NUL, behind which something could be hidden.
            let lines = try db.rows(
                """
                SELECT a.seq, a.id, a.done_at, CAST(a.actor AS BLOB) AS actor, CAST(a.action AS BLOB) AS action,
                    CAST(a.subject AS BLOB) AS subject, s.id AS seller_id, CAST(a.request AS BLOB) AS request,
                    a.previous_hash, a.hash
                FROM audit a LEFT JOIN seller s ON s.seq = a.seller WHERE a.seq > ? ORDER BY a.seq LIMIT ?
                """, [position, limit]
            ).map(line(from:))
            let head = try db.row("SELECT * FROM audit_head").map { row in
                AuditHead(
                    unchained: row["unchained"], chained: row["chained"], hash: row.bytes("hash"),
                    mac: row.bytes("mac"))
            }
            return AuditStretch(lines: lines, head: head)
        }
    }
}

private func line(from row: Row) throws -> AuditLine {
    let id: Identifier<AuditEntry> = try row.id("id")
    let seller: SellerID? = row.optionalID("seller_id")
    var link: AuditLine.Link?
    if let previous = row.optionalBytes("previous_hash"), let hash = row.optionalBytes("hash") {
        link = AuditLine.Link(previous: previous, hash: hash)
    }
    return AuditLine(
        position: row["seq"], id: id,
        content: AuditContent(
            id: id.ulid, at: row["done_at"], actor: row.bytes("actor"), action: row.bytes("action"),
            subject: row.bytes("subject"), seller: seller?.ulid, request: row.optionalBytes("request")),
        link: link)
}
