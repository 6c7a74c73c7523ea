import GRDB
import Gateway

/// Where a new delivery stands in its line.
struct PlaceInLine {
    /// Counts from 1 without a gap.
    let place: Int
    /// Whether an earlier one has to end first.
    let isBlocked: Bool
    /// Whether it goes before an earlier one that has failed for too long.
    let hasOvertaken: Bool
}

/// Whether an endpoint answers, as a condition on its row `p`: where none of its deliveries arrives, none is in the way of
/// another, and their order is kept for when it answers again.
let answersCondition = "p.state = 'active' AND p.health ->> 'breaker' IS NOT 'open'"

// The deliveries of one resource to one endpoint are a line. At most its first open one is not blocked, and those that
// overtook it; so what can be claimed is found without looking at what waits behind it.
extension Database {
    /// Where a delivery stands that is about to be added at the end of a line.
    ///
    /// The ordering is the endpoint's, or `strict` while it does not answer.
    func nextPlace(
        at endpoint: Int64, line: Int64, _ ordering: Endpoint.Ordering, at moment: Timestamp
    ) throws -> PlaceInLine {
        guard
            let last = try row(
                "SELECT * FROM delivery WHERE endpoint = ? AND line = ? ORDER BY seq DESC LIMIT 1", [endpoint, line])
        else { return PlaceInLine(place: 1, isBlocked: false, hasOvertaken: false) }
        let place = last["place"] as Int + 1
        let isOpen = last["closed_at"] as Int64? == nil
        // Behind one that ended as it should there is nobody; behind one that overtook there may be the overtaken.
        guard ordering != .none, isOpen || last["has_overtaken"] else {
            return PlaceInLine(place: place, isBlocked: false, hasOvertaken: false)
        }
        let ahead = try openAhead(at: endpoint, line: line)
        let isBlocked = last["is_blocked"] && isOpen || !canOvertake(ahead, ordering, at: moment)
        if isBlocked, !isOpen { try lookAgain(at: endpoint, line: line) }
        return PlaceInLine(place: place, isBlocked: isBlocked, hasOvertaken: !isBlocked && !ahead.isEmpty)
    }

    /// Lets the next one of a line go, if nothing that it has to wait for is open.
    func advance(_ endpoint: Int64, line: Int64, at moment: Timestamp) throws {
        guard
            let next = try row(
                """
                SELECT d.seq, iif(\(answersCondition), p.ordering, 'strict') AS ordering
                FROM delivery d JOIN endpoint p ON p.seq = d.endpoint
                WHERE d.endpoint = ? AND d.line = ? AND d.state = 'pending' AND d.is_blocked = 1
                ORDER BY d.seq LIMIT 1
                """, [endpoint, line])
        else { return }
        let ahead = try openAhead(at: endpoint, line: line)
        guard canOvertake(ahead, try next.value("ordering"), at: moment) else {
            return try lookAgain(at: endpoint, line: line)
        }
        try run(
            "UPDATE delivery SET is_blocked = 0, has_overtaken = ? WHERE seq = ?",
            [!ahead.isEmpty, next["seq"] as Int64])
    }

    /// Lets those be looked at again that were overtaken before: somebody waits behind them once more.
    private func lookAgain(at endpoint: Int64, line: Int64) throws {
        try run(
            """
            UPDATE delivery SET was_overtaken = 0
            WHERE endpoint = ? AND line = ? AND state = 'pending' AND was_overtaken = 1
            """, [endpoint, line])
    }

    /// Since when those have failed that are open in a line and not blocked; `nil` for one that has not.
    ///
    /// What is disputed holds up nothing: whoever forges a notification must not keep the true one back. Nor does what
    /// is replayed: its time was long ago.
    private func openAhead(at endpoint: Int64, line: Int64) throws -> [Timestamp?] {
        try rows(
            """
            SELECT failing_since_at FROM delivery
            WHERE endpoint = ? AND line = ? AND state IN ('pending', 'sending') AND is_blocked = 0 AND rank = 2
                AND awaits_proof <> 2 AND replay IS NULL
            """, [endpoint, line]
        ).map { $0.optionalTime("failing_since_at") }
    }

    private func canOvertake(_ ahead: [Timestamp?], _ ordering: Endpoint.Ordering, at moment: Timestamp) -> Bool {
        guard ordering != .strict else { return ahead.isEmpty }
        return ahead.allSatisfy { since in since.map { moment - $0 >= Delivery.longestBlock } ?? false }
    }
}
