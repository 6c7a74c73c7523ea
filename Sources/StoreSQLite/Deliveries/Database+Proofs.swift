import GRDB
import Gateway

/// Where the proof of an event stands.
enum ProofState: String {
    case open, disputed, fetched, unproved, contradicted
}

/// Deliveries of an event that have waited for its proof and were not made meanwhile.
private let waiting = "event = ?1 AND awaits_proof > 0 AND attempts = 0 AND state = 'pending'"

extension Database {
    /// Writes down that an event is to be looked up, if it is.
    func demandProof(of event: EventDraft, seq: Int64) throws {
        guard let demand = event.demand, let seller = event.seller else { return }
        try run(
            """
            INSERT INTO proof (event, seller, state, is_claim, since_at, tell_at, next_at)
            VALUES (?1, (SELECT seq FROM seller WHERE id = ?2), 'open', ?3, ?4, ?5, ?4)
            """,
            [seq, seller.blob, demand.isClaim, demand.since.milliseconds, demand.tellAt.milliseconds])
    }

    /// Has the provider asked once more for a delivery that was given up for want of proof.
    func demandProof(forDelivery seq: Int64, at moment: Timestamp) throws {
        try run(
            """
            UPDATE proof SET state = iif(state = 'contradicted', 'disputed', 'open'), since_at = ?2, next_at = ?2,
                tries = 0, tell_at = iif(state = 'contradicted', NULL, tell_at)
            WHERE state IN ('contradicted', 'unproved') AND event =
                (SELECT d.event FROM delivery d JOIN endpoint p ON p.seq = d.endpoint
                 WHERE d.seq = ?1 AND \(lacksProof))
            """, [seq, moment.milliseconds])
    }

    func openProof(of event: Int64) throws -> OpenProof? {
        try row(
            """
            SELECT e.id, e.type, e.topic, e.action, e.resource, e.body, r.*, s.id AS seller_id,
                c.id AS connection_id, c.upstream_user AS account,
                EXISTS (SELECT 1 FROM delivery d JOIN endpoint p ON p.seq = d.endpoint
                    WHERE d.event = e.seq AND d.awaits_proof > 0 AND d.state = 'pending'
                        AND p.format = 'passthrough') AS is_awaited
            FROM proof r JOIN event e ON e.seq = r.event JOIN seller s ON s.seq = r.seller
            JOIN connection c ON c.seq = e.connection
            WHERE r.event = ?
            """, [event]
        ).map { row in
            OpenProof(
                event: try row.id("id"), type: row["type"], seller: try row.id("seller_id"),
                connection: try row.id("connection_id"),
                subject: NotificationSubject(
                    topic: row["topic"], action: row["action"], resource: row["resource"],
                    account: try row.upstreamUser("account")),
                body: row.sealed("body"), isClaim: row["is_claim"],
                isDisputed: row["state"] == ProofState.disputed.rawValue, isAwaited: row["is_awaited"],
                tries: row["tries"], since: row.time("since_at"))
        }
    }

    /// Whether somebody may have been told already, with ids alone.
    func isTold(_ event: Int64, _ proof: Row, at moment: Timestamp) throws -> Bool {
        if let tellAt = proof.optionalTime("tell_at"), tellAt <= moment { return true }
        return try row(
            """
            SELECT 1 FROM delivery d JOIN endpoint p ON p.seq = d.endpoint
            WHERE d.event = ? AND d.attempts > 0 AND p.expand = 1 AND p.format = 'envelope'
            """, [event]) != nil
    }

    func close(_ event: Int64, as state: ProofState, expanded: SealedSecret? = nil) throws {
        try run(
            "UPDATE proof SET state = ?, next_at = NULL, expanded = ? WHERE event = ?",
            [state.rawValue, expanded?.blob, event])
    }

    /// Takes over the provider's word; whoever read past the event while it was disputed finds it at the end.
    func vouch(for event: Int64, seller: SellerID, isLate: Bool) throws {
        try run("UPDATE event SET proof = ? WHERE seq = ?", [Proof.fetched.rawValue, event])
        guard isLate else { return }
        try run("UPDATE event SET position = \(nextPosition) WHERE seq = ?", [seller.blob, event])
    }

    /// Lets those go that waited for proof; one that was passed by meanwhile takes its place in its line again.
    ///
    /// What is held since a restore stays so until a person releases it.
    func release(_ event: Int64, at moment: Timestamp) throws {
        let released = try rows(
            """
            UPDATE delivery SET due_at = iif(due_at >= ?3, due_at, ?2),
                is_blocked = max(is_blocked, awaits_proof = 2), awaits_proof = 0
            WHERE \(waiting) RETURNING endpoint, line
            """, [event, moment.milliseconds, heldUntil])
        try goOn(released, at: moment)
    }

    /// Keeps those back that wait for proof, and lets go what waits behind them.
    func dispute(_ event: Int64, _ proof: Row, until next: Timestamp, at moment: Timestamp) throws {
        let isTold = try isTold(event, proof, at: moment)
        try run(
            "UPDATE proof SET state = 'disputed', next_at = ?, tell_at = iif(?, tell_at, NULL) WHERE event = ?",
            [next.milliseconds, isTold, event])
        let kept = try rows(
            """
            UPDATE delivery SET due_at = max(due_at, ?2), is_blocked = 0, awaits_proof = 2
            WHERE \(waiting) AND awaits_proof = 1 RETURNING endpoint, line
            """, [event, ProofDemand.never(from: moment).milliseconds])
        try goOn(kept, at: moment)
    }

    /// Ends those that wait for a proof that does not come.
    func giveUp(
        _ event: Int64, _ reason: ExhaustionReason, of format: Endpoint.Format, at moment: Timestamp
    ) throws {
        let ended = try rows(
            """
            UPDATE delivery SET state = 'exhausted', reason = ?2, due_at = NULL, closed_at = ?3
            WHERE \(waiting) AND EXISTS (SELECT 1 FROM endpoint p WHERE p.seq = endpoint AND p.format = ?4)
            RETURNING endpoint, line
            """, [event, reason.rawValue, moment.milliseconds, format.rawValue])
        try goOn(ended, at: moment)
    }

    private func goOn(_ rows: [Row], at moment: Timestamp) throws {
        for row in rows {
            try advance(row["endpoint"], line: row["line"], at: moment)
            try wake(row["endpoint"], at: moment)
        }
    }
}

/// Whether a delivery `d` to an endpoint `p` is not made for want of proof, whatever it waits for now.
let lacksProof = """
    d.awaits_proof > 0 AND d.attempts = 0 AND EXISTS (SELECT 1 FROM proof r WHERE r.event = d.event
        AND (r.state IN ('open', 'disputed', 'contradicted') OR r.state = 'unproved' AND p.format = 'passthrough'))
    """
