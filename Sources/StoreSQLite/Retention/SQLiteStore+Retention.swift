// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
import GRDB
public import Gateway

extension SQLiteStore: RetentionStore {
    public func oldPayloads(
        before moment: Timestamp, parked: Timestamp, after: OldPayload?, limit: Int
    ) async throws(StoreError) -> [OldPayload] {
        try await read { db in
            try db.rows(
                """
                SELECT e.id, e.created_at, s.id AS seller_id, s.state IS 'erased' AS is_erased, \(receivedBody)
                FROM event e LEFT JOIN proof r ON r.event = e.seq LEFT JOIN seller s ON s.seq = e.seller
                WHERE e.forgotten_at IS NULL AND e.created_at < ?1
                    AND (e.created_at, e.seq) > (?2, coalesce((SELECT seq FROM event WHERE id = ?3), 0))
                    AND NOT EXISTS (SELECT 1 FROM delivery
                        WHERE event = e.seq AND (closed_at IS NULL OR closed_at >= ?1))
                    AND (e.state <> 'parked' OR e.created_at < ?5)
                ORDER BY e.created_at, e.seq LIMIT ?4
                """,
                [
                    moment.milliseconds, after?.createdAt.milliseconds ?? Int64.min, after?.event.blob, limit,
                    parked.milliseconds,
                ]
            ).map { row in
                OldPayload(
                    event: try row.id("id"), seller: row.optionalID("seller_id"), isErased: row["is_erased"],
                    body: row.sealedBody(), createdAt: row.time("created_at"))
            }
        }
    }

    public func forget(_ payloads: [PayloadRemains], at moment: Timestamp) async throws(StoreError) -> Int {
        try await writer.write { db in
            var count = 0
            for payload in payloads {
                let row = try db.row(
                    """
                    UPDATE event SET body = x'00', received = iif(received IS NULL, NULL, x'00'), forgotten_at = ?,
                        body_sha256 = ?, body_size = ?
                    WHERE id = ? AND forgotten_at IS NULL
                        AND NOT EXISTS (SELECT 1 FROM delivery WHERE event = event.seq AND closed_at IS NULL)
                    RETURNING seq
                    """,
                    [moment.milliseconds, payload.sha256.map { Data($0) }, payload.size, payload.event.blob])
                guard let row else { continue }
                try db.run("UPDATE proof SET expanded = NULL WHERE event = ?", [row["seq"] as Int64])
                count += 1
            }
            return count
        }
    }

    public func forget(
        _ kind: RetainedKind, before moment: Timestamp, after position: Int64, limit: Int
    ) async throws(StoreError) -> Forgetting {
        try await writer.write { db in
            switch kind {
            case .identities: try db.forgetIdentities(before: moment, limit: limit)
            case .attempts:
                try db.forget(
                    try db.rows(
                        """
                        SELECT a.seq, a.started_at AS at, coalesce(d.closed_at < ?3, 0) AS is_over
                        FROM attempt a JOIN delivery d ON d.seq = a.delivery WHERE a.seq > ?1 ORDER BY a.seq LIMIT ?2
                        """, [position, limit, moment.milliseconds]), before: moment, limit,
                    by: ["DELETE FROM attempt WHERE seq = ?"])
            case .deliveries:
                try db.forget(
                    try db.rows(
                        """
                        SELECT seq, created_at AS at, coalesce(closed_at < ?3, 0) AS is_over
                        FROM delivery WHERE seq > ?1 ORDER BY seq LIMIT ?2
                        """, [position, limit, moment.milliseconds]), before: moment, limit,
                    by: ["DELETE FROM attempt WHERE delivery = ?", "DELETE FROM delivery WHERE seq = ?"])
            case .events:
                try db.forget(
                    try db.rows(
                        """
                        SELECT seq, created_at AS at,
                            NOT EXISTS (SELECT 1 FROM delivery d WHERE d.event = e.seq) AS is_over
                        FROM event e WHERE seq > ? ORDER BY seq LIMIT ?
                        """, [position, limit]), before: moment, limit,
                    by: ["DELETE FROM proof WHERE event = ?", "DELETE FROM event WHERE seq = ?"])
            }
        }
    }

    public func giveBack(pages most: Int) async throws(StoreError) -> Bool {
        do {
            return try await pool.writeWithoutTransaction { db in
                // Each step of the statement moves one page.
                _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(most))")
                return try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0 >= most
            }
        } catch { throw storeError(error) }
    }
}

extension Database {
    /// Forgets what makes notifications the same as others; those keep their payloads no longer.
    fileprivate func forgetIdentities(before moment: Timestamp, limit: Int) throws -> Forgetting {
        try run(
            """
            UPDATE event SET notification = NULL, channel = NULL, identity_hash = NULL, received = NULL WHERE seq IN
                (SELECT seq FROM event WHERE forgotten_at IS NOT NULL AND identity_hash IS NOT NULL
                    AND created_at < ? ORDER BY created_at LIMIT ?)
            """, [moment.milliseconds, limit])
        return Forgetting(count: changesCount, next: changesCount == limit ? 0 : nil)
    }

    /// Deletes those of rows, oldest first, that are old and over.
    fileprivate func forget(
        _ rows: [Row], before moment: Timestamp, _ limit: Int, by statements: [String]
    ) throws -> Forgetting {
        let old = rows.filter { $0.time("at") < moment && $0["is_over"] }
        for row in old {
            for statement in statements { try run(statement, [row["seq"] as Int64]) }
        }
        let isMore = rows.count == limit && rows.last.map { $0.time("at") < moment } ?? false
        return Forgetting(count: old.count, next: isMore ? rows.last?["seq"] : nil)
    }
}
