// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
import GRDB
public import Gateway

extension SQLiteStore: APIKeyStore {
    public func add(_ key: APIKey, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO api_key (id, name, mode, scopes, seller, secret_hash, created_at, expires_at, revoked_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    key.id.blob, key.name, key.mode.rawValue,
                    key.scopes.sorted().map(\.rawValue).joined(separator: " "),
                    try key.seller.map { try db.seq(ofLiving: $0) }, Data(key.secretHash),
                    key.createdAt.milliseconds, key.expiresAt?.milliseconds, key.revokedAt?.milliseconds,
                ])
            try db.record(change)
        }
    }

    public func apiKey(_ id: APIKeyID) async throws(StoreError) -> APIKey? {
        try await read { db in try db.row(Self.selectKey + " WHERE k.id = ?", [id.blob]).map(apiKey(from:)) }
    }

    public func apiKeys(boundTo seller: SellerID?, page: Page) async throws(StoreError) -> [APIKey] {
        try await read { db in
            var selection = Selection("k.seq", before: try page.start("api_key", db))
            selection.narrow("s.id = ?", seller?.blob)
            return try db.rows(
                "\(Self.selectKey) WHERE \(selection.sql) ORDER BY k.seq DESC LIMIT \(page.limit)",
                selection.arguments
            ).map(apiKey(from:))
        }
    }

    public func revoke(_ key: APIKeyID, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("api_key", key)
            try db.run(
                "UPDATE api_key SET revoked_at = ? WHERE seq = ? AND revoked_at IS NULL",
                [change.audit.at.milliseconds, seq])
            if db.changesCount > 0 { try db.record(change) }
        }
    }

    private static let selectKey =
        "SELECT k.*, s.id AS seller_id FROM api_key k LEFT JOIN seller s ON s.seq = k.seller"
}

private func apiKey(from row: Row) throws -> APIKey {
    APIKey(
        id: try row.id("id"), name: row["name"], mode: try row.value("mode"),
        scopes: Set((row["scopes"] as String).split(separator: " ").compactMap { Scope(rawValue: String($0)) }),
        seller: row.optionalID("seller_id"), secretHash: row.bytes("secret_hash"),
        createdAt: row.time("created_at"), expiresAt: row.optionalTime("expires_at"),
        revokedAt: row.optionalTime("revoked_at"))
}
