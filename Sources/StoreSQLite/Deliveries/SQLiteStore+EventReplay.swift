// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

/// Opens a delivery again with a fresh schedule; when it is due is said beside it.
let openAgain = """
    state = 'pending', failures = 0, closed_at = NULL, is_blocked = 0, failing_since_at = NULL, was_overtaken = 0,
    reason = NULL
    """
/// Marks what had ended as sent again by hand.
let byHand = "replay = iif(state = 'pending', replay, 0)"

extension SQLiteStore {
    public func replay(
        _ event: EventID, to endpoint: EndpointID?, of owner: SellerID?, at moment: Timestamp, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            let fanOut = try db.fanOut(again: event, at: moment)
            let owner = try owner.map { try db.seq("seller", $0) }
            let endpoints = try db.endpoints(for: fanOut).filter { row in
                let fits = try endpoint.map { try row.id("id") == $0 } ?? row.topics("topics").matches(fanOut.type)
                // Nobody passes on as it came what the provider could not be asked about.
                let isKept = fanOut.isUnproven && row["format"] == Endpoint.Format.passthrough.rawValue && row["expand"]
                return fits && !isKept && (owner == nil || owner == row["seller"] as Int64?)
            }
            guard endpoint == nil || !endpoints.isEmpty else { throw StoreError.notFound }
            for endpoint in endpoints { try db.send(fanOut, againTo: endpoint, ids: self.ids) }
            try db.record(change)
        }
    }
}

extension Database {
    fileprivate func fanOut(again event: EventID, at moment: Timestamp) throws -> FanOut {
        let row = try row(
            """
            SELECT e.seq, e.type, e.resource, e.notification, e.forgotten_at, s.id AS seller_id,
                (e.state = 'routed' AND e.type <> ? AND s.state IS NOT 'erased'
                    AND coalesce(r.state IN ('fetched', 'unproved'), 1)) AS is_sendable,
                coalesce(r.state = 'unproved' AND r.is_claim, 0) AS is_unproven
            FROM event e LEFT JOIN seller s ON s.seq = e.seller LEFT JOIN proof r ON r.event = e.seq WHERE e.id = ?
            """, [Endpoint.testEventType, event.blob])
        guard let row else { throw StoreError.notFound }
        guard row["is_sendable"] else { throw StoreError.conflict(rule: .state) }
        guard row["forgotten_at"] as Int64? == nil else { throw StoreError.conflict(rule: .payloadForgotten) }
        let notification: NotificationID? = row.optionalID("notification")
        return FanOut(
            event: row["seq"], type: row["type"], resource: row["resource"], seller: row.optionalID("seller_id"),
            wasReceived: notification != nil, at: moment, demand: nil, isUnproven: row["is_unproven"])
    }

    fileprivate func send(_ fanOut: FanOut, againTo endpoint: Row, ids: IdentifierSource) throws {
        let seq: Int64 = endpoint["seq"]
        let sent = try row("SELECT seq FROM delivery WHERE event = ? AND endpoint = ?", [fanOut.event, seq])
        guard let sent else { return try add(fanOut, to: endpoint, ids: ids) }
        try run(
            """
            UPDATE delivery SET \(byHand), \(openAgain), due_at = ?1, awaits_proof = 0
            WHERE seq = ?2 AND state <> 'sending'
            """,
            [fanOut.at.milliseconds, sent["seq"] as Int64])
        try wake(seq, at: fanOut.at)
    }
}
