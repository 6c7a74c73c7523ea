import Foundation
import GRDB
import Gateway

/// An endpoint whose turn has come, and what it may give during it.
final class EndpointTurn {
    /// The endpoint's row.
    let seq: Int64
    /// Whose it is; 0 is the integrator.
    let owner: Int64
    /// Whether a token was taken or a queue was looked at, so that its next turn has to be found.
    private(set) var isTaken = false
    /// Up to when the rate's tokens are taken, in microseconds since 1970.
    private(set) var rateUsed: Int64

    /// Whether its deliveries a second are limited.
    var hasRate: Bool { rate != nil }

    private let isPending: Bool
    private let isOrdered: Bool
    private let health: EndpointHealth
    private let rate: Int64?
    private let now: Timestamp
    private var room: Int
    private var queue: [Waiting]?
    private var lines: Set<Int64> = []

    private struct Waiting {
        let seq: Int64
        let line: Int64
        let rank: Int64
    }

    /// Reads the row; `underWay` is how many deliveries are being sent there.
    init(_ row: Row, underWay: Int, at moment: Timestamp) throws {
        seq = row["seq"]
        owner = row["seller"] ?? 0
        isPending = row["state"] == Endpoint.State.pending.rawValue
        isOrdered = row["ordering"] != Endpoint.Ordering.none.rawValue
        health = try row.health()
        rate = row["rate"]
        now = moment
        rateUsed = RateTokens.floor(of: row["rate_used_us"], rate: row["rate"], at: moment)
        let canSend = isPending || row["state"] == Endpoint.State.active.rawValue
        let waits = max(row.optionalTime("waits_until_at") ?? moment, health.probeAt ?? moment)
        room = canSend && waits <= moment ? health.allowed(of: row["concurrency"]) - underWay : 0
    }

    /// The next delivery to send; `nil` once there is none, or no place or token for one.
    func next(_ db: Database) throws -> Int64? {
        isTaken = true
        guard room > 0, RateTokens.hasOne(rateUsed, rate: rate, at: now) else { return nil }
        var rest = try queue ?? waiting(db)
        defer { queue = rest }
        while !rest.isEmpty {
            let first = rest.removeFirst()
            // Two of one line can wait at once where a person opened one again.
            guard !isOrdered || first.rank < 2 || lines.insert(first.line).inserted else { continue }
            room -= 1
            rateUsed = RateTokens.take(rateUsed, rate: rate)
            return first.seq
        }
        return nil
    }

    private func waiting(_ db: Database) throws -> [Waiting] {
        var found: [Waiting] = []
        for rank in isPending ? [0] : [0, 1, 2] where found.count < room {
            let free = """
                AND NOT EXISTS (SELECT 1 FROM delivery x
                    WHERE x.endpoint = d.endpoint AND x.state = 'sending' AND x.line = d.line)
                """
            let due = """
                SELECT d.seq, d.line, d.rank FROM delivery d
                WHERE d.endpoint = ? AND d.rank = ? AND d.due_at <= ? AND d.state = 'pending' AND d.is_blocked = 0
                    \(isOrdered && rank == 2 ? free : "")
                """
            let sql =
                health.breaker == .open && health.probesNewest && rank == 2
                // What fell due last may be a probe that failed; the newest is among the last ones.
                ? "SELECT * FROM (\(due) ORDER BY d.due_at DESC LIMIT 16) ORDER BY seq DESC LIMIT ?"
                : "\(due) ORDER BY d.due_at, d.seq LIMIT ?"
            found += try db.rows(sql, [seq, rank, now.milliseconds, room - found.count]).map {
                Waiting(seq: $0["seq"], line: $0["line"], rank: $0["rank"])
            }
        }
        return found
    }
}

/// Tokens of a rate, counted by the time up to which they are taken (DLV 14).
enum RateTokens {
    /// Unused tokens of so long may be taken at once: with a second's worth, ten seconds would see a tenth too many.
    private static let burst: Int64 = 200_000

    /// Forgets tokens that were not used in time.
    static func floor(of used: Int64, rate: Int64?, at moment: Timestamp) -> Int64 {
        guard let rate else { return used }
        return max(used, moment.milliseconds * 1000 - max(burst, 1_000_000 / rate))
    }

    static func hasOne(_ used: Int64, rate: Int64?, at moment: Timestamp) -> Bool {
        guard let rate else { return true }
        return used + 1_000_000 / rate <= moment.milliseconds * 1000
    }

    static func take(_ used: Int64, rate: Int64?) -> Int64 {
        rate.map { used + 1_000_000 / $0 } ?? used
    }

    /// When the next token is due, in milliseconds; 0 without a rate.
    static func due(_ used: Int64, rate: Int64?) -> Int64 {
        rate.map { (used + 1_000_000 / $0 + 999) / 1000 } ?? 0
    }
}

extension Row {
    /// An endpoint's health; NULL says that nothing is known against it.
    func health() throws -> EndpointHealth {
        guard let text = self["health"] as String? else { return EndpointHealth() }
        guard let health = try? JSONDecoder().decode(EndpointHealth.self, from: Data(text.utf8)) else {
            throw UnreadableRow(column: "health")
        }
        return health
    }
}

extension EndpointHealth {
    /// The stored form; `nil` for one that knows nothing.
    func stored() throws -> String? {
        isBlank ? nil : String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    }
}
