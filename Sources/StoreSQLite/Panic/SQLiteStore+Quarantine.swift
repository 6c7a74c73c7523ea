// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: QuarantineStore {
    public func quarantine() async throws(StoreError) -> Quarantine {
        try await read { db in
            var allSince: Timestamp?
            var sellers: [SellerID: Timestamp] = [:]
            var exempt: Set<SellerID> = []
            let rows = try db.rows(
                "SELECT s.id, q.is_exempt, q.began_at FROM quarantine q LEFT JOIN seller s ON s.seq = q.seller")
            for row in rows {
                guard let seller: SellerID = row.optionalID("id") else {
                    allSince = row.time("began_at")
                    continue
                }
                if row["is_exempt"] { exempt.insert(seller) } else { sellers[seller] = row.time("began_at") }
            }
            return Quarantine(allSince: allSince, sellers: sellers, exempt: exempt)
        }
    }

    public func quarantine(
        _ scope: Quarantine.Scope, at moment: Timestamp, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            switch scope {
            case .seller(let id):
                try db.run(
                    """
                    INSERT INTO quarantine (seller, is_exempt, began_at) VALUES (?, 0, ?)
                    ON CONFLICT (coalesce(seller, 0)) DO UPDATE SET is_exempt = 0, began_at = excluded.began_at
                    WHERE is_exempt = 1
                    """, [try db.seq(ofLiving: id), moment.milliseconds])
            case .all:
                try db.run("DELETE FROM quarantine WHERE is_exempt = 1")
                try db.run(
                    "INSERT OR IGNORE INTO quarantine (seller, is_exempt, began_at) VALUES (NULL, 0, ?)",
                    [moment.milliseconds])
            }
            try db.record(change)
        }
    }

    public func lift(_ scope: Quarantine.Scope, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            switch scope {
            case .seller(let id):
                let seq = try db.seq(ofLiving: id)
                try db.run("DELETE FROM quarantine WHERE seller = ? AND is_exempt = 0", [seq])
                let wasItsOwn = db.changesCount > 0
                // As long as it holds for every seller, this one has to be named as the exception.
                try db.run(
                    """
                    INSERT OR IGNORE INTO quarantine (seller, is_exempt, began_at)
                    SELECT ?, 1, began_at FROM quarantine WHERE seller IS NULL
                    """, [seq])
                guard wasItsOwn || db.changesCount > 0 else { throw StoreError.conflict(rule: .state) }
            case .all:
                try db.run("DELETE FROM quarantine")
                try db.expectChange(orThrow: .conflict(rule: .state))
            }
            try db.record(change)
        }
    }

    public func reach(of scope: Quarantine.Scope?) async throws(StoreError) -> Quarantine.Reach {
        try await read { db in
            let seq: Int64? = if case .seller(let id) = scope { try db.seq(ofLiving: id) } else { nil }
            func condition(_ seller: String) -> String {
                switch scope {
                case .seller: "\(seller) = ?1"
                case .all: "?1 IS NULL"
                case nil: "?1 IS NULL AND \(isQuarantined(seller))"
                }
            }
            let sellers = try db.row(
                "SELECT count(*) AS sellers FROM seller s WHERE s.state <> 'erased' AND \(condition("s.seq"))", [seq])
            let affected = try db.row(
                """
                SELECT count(DISTINCT c.seller) AS sellers, count(*) AS connections FROM connection c
                WHERE c.\(isActive) AND \(condition("c.seller"))
                """, [seq])
            return Quarantine.Reach(
                sellers: sellers?["sellers"] ?? 0, affectedSellers: affected?["sellers"] ?? 0,
                affectedConnections: affected?["connections"] ?? 0)
        }
    }

    public func affectedSellers(page: Page) async throws(StoreError) -> [Seller] {
        try await read { db in
            try db.rows(
                """
                SELECT s.* FROM seller s WHERE s.seq < ? AND s.state <> 'erased' AND \(isQuarantined("s.seq"))
                    AND EXISTS (SELECT 1 FROM connection c WHERE c.seller = s.seq AND c.\(isActive))
                ORDER BY s.seq DESC LIMIT \(page.limit)
                """, [try page.start("seller", db)]
            ).map(seller(from:))
        }
    }
}

/// The states in which a connection holds tokens.
private let isActive = "state IN ('awaiting_confirmation', 'configuring', 'linked', 'needs_relink')"

/// Whether the seller in a column is quarantined, as a condition.
func isQuarantined(_ seller: String) -> String {
    """
    (EXISTS (SELECT 1 FROM quarantine q WHERE coalesce(q.seller, 0) = \(seller) AND q.is_exempt = 0)
        OR EXISTS (SELECT 1 FROM quarantine q WHERE coalesce(q.seller, 0) = 0)
            AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE coalesce(q.seller, 0) = \(seller) AND q.is_exempt = 1))
    """
}
