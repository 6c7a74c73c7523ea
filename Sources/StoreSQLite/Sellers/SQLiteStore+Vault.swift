// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
import GRDB
public import Gateway

extension SQLiteStore: VaultStore {
    public func dataKey(of owner: DataKeyOwner) async throws(StoreError) -> WrappedDataKey? {
        try await read { db in
            switch owner {
            case .seller(let id):
                try db.row(Self.selectDataKey + " WHERE s.id = ? ORDER BY d.seq DESC LIMIT 1", [id.blob])
                    .map(dataKey(from:))
            case .installation:
                try db.row(Self.selectDataKey + " WHERE d.seller IS NULL ORDER BY d.seq DESC LIMIT 1")
                    .map(dataKey(from:))
            }
        }
    }

    public func dataKey(_ id: ULID) async throws(StoreError) -> WrappedDataKey? {
        try await read { db in try db.row(Self.selectDataKey + " WHERE d.id = ?", [id.blob]).map(dataKey(from:)) }
    }

    public func canary() async throws(StoreError) -> SealedSecret? {
        try await read { db in try db.row("SELECT sealed FROM canary")?.sealed("sealed") }
    }

    public func begin(dataKey: WrappedDataKey, canary: SealedSecret) async throws(StoreError) {
        try await writer.write { db in
            try db.run("INSERT INTO canary (seq, sealed) VALUES (1, ?)", [canary.blob])
            try db.add(dataKey)
        }
    }

    public func reserveSealings(_ count: Int, of dataKey: ULID) async throws(StoreError) -> Int {
        try await writer.write { db in
            let row = try db.row(
                "UPDATE data_key SET sealings = sealings + ? WHERE id = ? RETURNING sealings", [count, dataKey.blob])
            guard let row else { throw StoreError.notFound }
            return row["sealings"]
        }
    }

    public func add(_ key: WrappedDataKey, after newest: ULID) async throws(StoreError) {
        try await writer.write { db in
            let seller: Int64? = if case .seller(let id) = key.owner { try db.seq(ofLiving: id) } else { nil }
            let row = try db.row("SELECT id FROM data_key WHERE seller IS ? ORDER BY seq DESC LIMIT 1", [seller])
            guard try row?.ulid("id") == newest else { throw StoreError.conflict(rule: .stale) }
            try db.add(key)
        }
    }

    public func keyringKeysInUse() async throws(StoreError) -> [String] {
        try await read { db in
            // From one id to the next in the index: DISTINCT would read a row for each of a million data keys.
            try db.rows(
                """
                WITH RECURSIVE used (id) AS (
                    SELECT min(keyring_key) FROM data_key
                    UNION ALL
                    SELECT (SELECT min(keyring_key) FROM data_key WHERE keyring_key > used.id) FROM used
                    WHERE used.id IS NOT NULL
                )
                SELECT id FROM used WHERE id IS NOT NULL ORDER BY id
                """
            ).map { $0["id"] }
        }
    }

    public func dataKeyCounts() async throws(StoreError) -> [String: Int] {
        try await read { db in
            let rows = try db.rows("SELECT keyring_key, count(*) AS data_keys FROM data_key GROUP BY keyring_key")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0["keyring_key"], $0["data_keys"]) })
        }
    }

    public func dataKeys(
        wrappedBy keyringKey: String, after last: ULID?, limit: Int
    ) async throws(StoreError) -> [WrappedDataKey] {
        try await read { db in
            try db.rows(
                Self.selectDataKey + """
                     WHERE d.keyring_key = ? AND d.seq > coalesce((SELECT seq FROM data_key WHERE id = ?), 0)
                    ORDER BY d.seq LIMIT ?
                    """, [keyringKey, last?.blob, limit]
            ).map(dataKey(from:))
        }
    }

    public func replace(_ keys: [WrappedDataKey], wrappedBy keyringKey: String) async throws(StoreError) -> Int {
        try await writer.write { db in
            var count = 0
            for key in keys {
                try db.run(
                    "UPDATE data_key SET keyring_key = ?, wrapped = ? WHERE id = ? AND keyring_key = ?",
                    [key.keyringKey, Data(key.wrapped), key.id.blob, keyringKey])
                count += db.changesCount
            }
            return count
        }
    }

    private static let selectDataKey =
        "SELECT d.*, s.id AS seller_id FROM data_key d LEFT JOIN seller s ON s.seq = d.seller"
}

extension Database {
    /// Adds a wrapped data key.
    func add(_ key: WrappedDataKey) throws {
        let seller: Int64? =
            switch key.owner {
            case .seller(let id): try seq(ofLiving: id)
            case .installation: nil
            }
        try run(
            "INSERT INTO data_key (id, seller, keyring_key, wrapped, created_at) VALUES (?, ?, ?, ?, ?)",
            [key.id.blob, seller, key.keyringKey, Data(key.wrapped), key.createdAt.milliseconds])
    }
}

private func dataKey(from row: Row) throws -> WrappedDataKey {
    WrappedDataKey(
        id: try row.ulid("id"), owner: row.optionalID("seller_id").map { .seller($0) } ?? .installation,
        keyringKey: row["keyring_key"], wrapped: row.bytes("wrapped"), createdAt: row.time("created_at"))
}
