import GRDB
import Gateway

/// Most endpoints that are looked at for one claim; who was left out has waited longer next time.
private let mostTurns = 512

extension Database {
    /// Claims what is sent next, and finds when the endpoints that gave it have their next turns.
    func claim(
        _ share: FairShare, at moment: Timestamp, leaseUntil: Timestamp, tokens: RandomSource
    ) throws -> [ClaimedDelivery] {
        var atEndpoint: [Int64: Int] = [:]
        var atOwner: [Int64: Int] = [:]
        let sending = try rows(
            """
            SELECT d.endpoint, coalesce(p.seller, 0) AS owner, count(*) AS number
            FROM delivery d JOIN endpoint p ON p.seq = d.endpoint WHERE d.state = 'sending' GROUP BY d.endpoint
            """)
        for row in sending {
            atEndpoint[row["endpoint"]] = row["number"]
            atOwner[row["owner"], default: 0] += row["number"] as Int
        }
        let turns = try rows(
            "SELECT * FROM endpoint WHERE turn_at <= ? ORDER BY turn_at LIMIT ?", [moment.milliseconds, mostTurns]
        ).map { row in
            try EndpointTurn(row, underWay: atEndpoint[row["seq"], default: 0], at: moment)
        }
        let due = try share.deal(turns.map { ($0.owner, $0) }, underWay: atOwner) { try $0.next(self) }
        let claimed = try due.map { try claim($0, at: moment, leaseUntil: leaseUntil, token: tokens.bytes(16)) }
        for turn in turns where turn.isTaken {
            if turn.hasRate {
                try run("UPDATE endpoint SET rate_used_us = ? WHERE seq = ?", [turn.rateUsed, turn.seq])
            }
            try settleTurn(of: turn.seq, at: moment)
        }
        return claimed
    }

    /// Finds when an endpoint has its next turn: when it may send and has something that is due.
    ///
    /// One that has something due already stands behind those that wait since before now.
    func settleTurn(of endpoint: Int64, at moment: Timestamp) throws {
        guard let row = try row("SELECT * FROM endpoint WHERE seq = ?", [endpoint]) else { return }
        try run(
            "UPDATE endpoint SET turn_at = ?1 WHERE seq = ?2 AND turn_at IS NOT ?1",
            [try nextTurn(row, at: moment), endpoint])
    }

    private func nextTurn(_ endpoint: Row, at moment: Timestamp) throws -> Int64? {
        let isPending = endpoint["state"] == Endpoint.State.pending.rawValue
        guard endpoint["removed_at"] as Int64? == nil,
            isPending || endpoint["state"] == Endpoint.State.active.rawValue
        else { return nil }
        let health = try endpoint.health()
        let seq: Int64 = endpoint["seq"]
        // Left to itself it would look through all that the endpoint ever got.
        let underWay = try row(
            """
            SELECT count(*) AS number FROM delivery INDEXED BY delivery_sending WHERE endpoint = ? AND state = 'sending'
            """, [seq])
        // The end of one of them settles it again.
        guard underWay?["number"] ?? 0 < health.allowed(of: endpoint["concurrency"]) else { return nil }
        let due = try (isPending ? [0] : [0, 1, 2]).compactMap { rank in
            try row(
                """
                SELECT min(due_at) AS due_at FROM delivery
                WHERE endpoint = ? AND rank = ? AND state = 'pending' AND is_blocked = 0
                """, [seq, rank])?["due_at"] as Int64?
        }.min()
        let rate: Int64? = endpoint["rate"]
        let used = RateTokens.floor(of: endpoint["rate_used_us"], rate: rate, at: moment)
        return due.map {
            max(
                $0, moment.milliseconds, endpoint["waits_until_at"] ?? 0, health.probeAt?.milliseconds ?? 0,
                RateTokens.due(used, rate: rate))
        }
    }

    /// Lets endpoints look for something to send, at this moment or when their turn comes anyway.
    func wake(_ condition: String, _ arguments: StatementArguments, at moment: Timestamp) throws {
        try run(
            """
            UPDATE endpoint SET turn_at = ?
            WHERE (turn_at IS NULL OR turn_at > ?) AND removed_at IS NULL AND state IN ('active', 'pending')
                AND \(condition)
            """, [moment.milliseconds, moment.milliseconds] + arguments)
    }

    /// Lets one endpoint look for something to send.
    func wake(_ endpoint: Int64, at moment: Timestamp) throws {
        try wake("seq = ?", [endpoint], at: moment)
    }
}
