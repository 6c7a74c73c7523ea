// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
import GRDB
public import Gateway

extension SQLiteStore: ErasureStore {
    public func dataKeys(of seller: SellerID) async throws(StoreError) -> [ULID] {
        try await read { db in try db.dataKeys(of: try db.seq("seller", seller)) }
    }

    public func sellers(owning dataKeys: [ULID]) async throws(StoreError) -> [SellerID] {
        try await read { db in
            var sellers: [SellerID] = []
            for id in dataKeys {
                let row = try db.row(
                    "SELECT s.id FROM data_key d JOIN seller s ON s.seq = d.seller WHERE d.id = ?", [id.blob])
                if let row { sellers.append(try row.id("id")) }
            }
            return sellers.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        }
    }

    public func erase(_ erasure: Erasure, event: EventDraft, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            guard let row = try db.row("SELECT seq, state FROM seller WHERE id = ?", [erasure.seller.blob]) else {
                throw StoreError.notFound
            }
            let seller: Int64 = row["seq"]
            guard row["state"] != "erased" else { throw StoreError.conflict(rule: .state) }
            guard try db.dataKeys(of: seller).allSatisfy(erasure.dataKeys.contains) else {
                throw StoreError.conflict(rule: .stale)
            }
            try db.empty(seller, at: erasure.erasedAt)
            try db.run(
                "UPDATE seller SET state = 'erased', name = '', external_ref = NULL WHERE seq = ?", [seller])
            try db.run(
                "INSERT INTO erasure (seller, ref_hash, data_keys, erased_at) VALUES (?, ?, ?, ?)",
                [
                    seller, erasure.refHash.map { Data($0) }, Data(erasure.dataKeys.flatMap(\.bytes)),
                    erasure.erasedAt.milliseconds,
                ])
            _ = try db.record(event, ids: self.ids)
            try db.record(change)
        }
    }

    public func erasure(of seller: SellerID) async throws(StoreError) -> Erasure? {
        try await read { db in try db.row(Self.selectErasure + " WHERE s.id = ?", [seller.blob]).map(erasure(from:)) }
    }

    public func unfinishedErasures() async throws(StoreError) -> [Erasure] {
        try await read { db in
            try db.rows(Self.selectErasure + " WHERE e.finished_at IS NULL ORDER BY e.seller").map(erasure(from:))
        }
    }

    public func finish(erasure seller: SellerID, at moment: Timestamp) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                UPDATE erasure SET finished_at = coalesce(finished_at, ?)
                WHERE seller = (SELECT seq FROM seller WHERE id = ?)
                """, [moment.milliseconds, seller.blob])
            try db.expectChange(orThrow: .notFound)
        }
    }

    public func erasedDataKeys() async throws(StoreError) -> [ULID] {
        try await read { db in
            try db.rows("SELECT data_keys FROM erasure ORDER BY seller").flatMap { dataKeyIDs($0.bytes("data_keys")) }
        }
    }

    public func scrub() async throws(StoreError) -> Bool {
        do {
            return try await pool.writeWithoutTransaction { db in
                // As a statement: GRDB's own checkpoint throws where a reader is merely in the way.
                try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")?["busy"] == 0
            }
        } catch { throw storeError(error) }
    }

    private static let selectErasure = "SELECT e.*, s.id AS seller_id FROM erasure e JOIN seller s ON s.seq = e.seller"
}

extension Database {
    fileprivate func dataKeys(of seller: Int64) throws -> [ULID] {
        try rows("SELECT id FROM data_key WHERE seller = ? ORDER BY seq", [seller]).map { try $0.ulid("id") }
    }

    /// Takes away all that would tell who a seller was, but for its own row.
    fileprivate func empty(_ seller: Int64, at moment: Timestamp) throws {
        let now = moment.milliseconds
        let ended = "state = 'canceled', closed_at = ?1, due_at = NULL, claim = NULL, lease_until_at = NULL"
        let open = "state IN ('pending', 'sending')"
        try run("DELETE FROM data_key WHERE seller = ?", [seller])
        try run("DELETE FROM token_pair WHERE connection IN (SELECT seq FROM connection WHERE seller = ?)", [seller])
        try run(
            """
            UPDATE refresh_journal SET answer = NULL
            WHERE answer IS NOT NULL AND connection IN (SELECT seq FROM connection WHERE seller = ?)
            """, [seller])
        try dropExchanges(of: seller, at: moment)
        try run("DELETE FROM proof WHERE event IN (SELECT seq FROM event WHERE seller = ?)", [seller])
        // Those were sealed for the installation, since nobody was linked when they came.
        try run(
            """
            DELETE FROM event WHERE state = 'parked' AND EXISTS
                (SELECT 1 FROM connection c WHERE c.seller = ?1 AND c.upstream_user = event.upstream_user
                    AND c.application = event.application)
                AND NOT EXISTS (SELECT 1 FROM connection c WHERE c.seller <> ?1 AND c.state <> 'erased'
                    AND c.upstream_user = event.upstream_user AND c.application = event.application)
            """, [seller])
        try run(
            """
            UPDATE connection SET state = 'erased', reason = NULL, nickname = '', masked_email = NULL,
                integrator_token = NULL, previous_webhook = NULL, webhook_state = 'unset', webhook_problem = NULL,
                refresh_uncertain = 0, version = version + 1
            WHERE seller = ?
            """, [seller])
        try run(
            "UPDATE delivery SET \(ended) WHERE \(open) AND endpoint IN (SELECT seq FROM endpoint WHERE seller = ?2)",
            [now, seller])
        // Nothing opens what they would have sent.
        try run(
            "UPDATE delivery SET \(ended) WHERE \(open) AND event IN (SELECT seq FROM event WHERE seller = ?2)",
            [now, seller])
        // What was being sent to them has given its place back.
        try wake("seller IS NULL", [], at: moment)
        try run(
            "DELETE FROM endpoint_secret WHERE endpoint IN (SELECT seq FROM endpoint WHERE seller = ?)", [seller])
        try run(
            """
            UPDATE endpoint SET removed_at = coalesce(removed_at, ?), url = 'erased', description = '', topics = '*'
            WHERE seller = ?
            """, [now, seller])
        try run(
            """
            UPDATE onboarding_link SET state = CASE state WHEN 'open' THEN 'revoked' ELSE state END, return_url = NULL,
                expected_user = NULL WHERE seller = ?
            """, [seller])
        try run(
            """
            UPDATE link_attempt SET refused_account = NULL
            WHERE link IN (SELECT seq FROM onboarding_link WHERE seller = ?)
            """, [seller])
        try run(
            "UPDATE api_key SET name = 'erased', revoked_at = coalesce(revoked_at, ?) WHERE seller = ?", [now, seller])
    }
}

private func erasure(from row: Row) throws -> Erasure {
    Erasure(
        seller: try row.id("seller_id"), refHash: (row["ref_hash"] as Data?).map { Array($0) },
        dataKeys: dataKeyIDs(row.bytes("data_keys")), erasedAt: row.time("erased_at"),
        finishedAt: row.optionalTime("finished_at"))
}

private func dataKeyIDs(_ bytes: [UInt8]) -> [ULID] {
    stride(from: 0, to: bytes.count, by: 16).compactMap { ULID(bytes: bytes[$0..<min($0 + 16, bytes.count)]) }
}
