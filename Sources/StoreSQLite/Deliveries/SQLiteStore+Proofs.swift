// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: ProofStore {
    public func nextProof() async throws(StoreError) -> Timestamp? {
        try await read { db in
            try db.row("SELECT min(next_at) AS next_at FROM proof WHERE next_at IS NOT NULL")?.optionalTime("next_at")
        }
    }

    public func takeProofs(
        at moment: Timestamp, lease: Timestamp, limit: Int
    ) async throws(StoreError) -> [OpenProof] {
        try await writer.write { db in
            try db.rows(
                """
                UPDATE proof SET next_at = ?, tries = tries + 1 WHERE event IN
                    (SELECT event FROM proof WHERE next_at <= ? ORDER BY next_at LIMIT ?)
                RETURNING event
                """, [lease.milliseconds, moment.milliseconds, limit]
            ).compactMap { try db.openProof(of: $0["event"]) }
        }
    }

    public func settle(
        _ proof: OpenProof, _ outcome: ProofOutcome, at moment: Timestamp
    ) async throws(StoreError) -> Bool {
        try await writer.write { db in
            let event: Int64 = try db.seq("event", proof.event)
            guard
                let row = try db.row(
                    "SELECT * FROM proof WHERE event = ? AND state IN ('open', 'disputed')", [event])
            else { return false }
            switch outcome {
            case .postponed(let next):
                try db.run(
                    "UPDATE proof SET next_at = ?, tries = max(tries - 1, 0) WHERE event = ?",
                    [next.milliseconds, event])
                return false
            case .again(let next):
                try db.run("UPDATE proof SET next_at = ? WHERE event = ?", [next.milliseconds, event])
                return false
            case .disputed(let next):
                try db.dispute(event, row, until: next, at: moment)
                return false
            case .fetched(let expanded):
                let isTold = try db.isTold(event, row, at: moment)
                try db.close(event, as: .fetched, expanded: isTold ? nil : expanded)
                if !isTold { try db.vouch(for: event, seller: proof.seller, isLate: proof.isDisputed) }
                try db.release(event, at: moment)
                return true
            case .unproved:
                try db.close(event, as: .unproved)
                try db.giveUp(event, .unproved, of: .passthrough, at: moment)
                try db.release(event, at: moment)
                return true
            case .contradicted(let alarm):
                try db.close(event, as: .contradicted)
                for format in Endpoint.Format.allCases {
                    try db.giveUp(event, .contradicted, of: format, at: moment)
                }
                _ = try db.record(alarm, ids: self.ids)
                return true
            }
        }
    }
}
