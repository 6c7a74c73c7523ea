// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: ReadinessStore {
    public func endpointSigns(of seller: SellerID) async throws(StoreError) -> [EndpointSign] {
        try await read { db in
            try db.rows(
                """
                SELECT seq, id, state, seller IS NOT NULL AS is_own FROM endpoint
                WHERE removed_at IS NULL AND (seller IS NULL OR seller = (SELECT seq FROM seller WHERE id = ?))
                ORDER BY seller IS NULL, seq LIMIT 20
                """, [seller.blob]
            ).map { row in try db.sign(of: row) }
        }
    }

    public func span(
        of types: Set<String>, seller: SellerID, application: ApplicationID
    ) async throws(StoreError) -> EventSpan? {
        try await read { db in
            let first = try db.time(of: types, seller, application, order: "ASC")
            let last = try db.time(of: types, seller, application, order: "DESC")
            guard let first, let last else { return nil }
            return EventSpan(first: first, last: last)
        }
    }

    public func modeChanges(of seller: SellerID) async throws(StoreError) -> [TerminalID: Timestamp] {
        try await read { db in
            try db.rows(
                """
                SELECT subject, max(done_at) AS done_at FROM audit
                WHERE seller = (SELECT seq FROM seller WHERE id = ?) AND action = ? GROUP BY subject
                """, [seller.blob, AuditAction.terminalModeSet.rawValue]
            ).reduce(into: [:]) { changes, row in
                changes[try row.text("subject")] = row.time("done_at")
            }
        }
    }
}

extension Database {
    fileprivate func sign(of endpoint: Row) throws -> EndpointSign {
        // By event, because that is what the index is ordered by: the newest first.
        let newest = try rows(
            """
            SELECT state, last_status, last_failure, closed_at FROM delivery
            WHERE endpoint = ? ORDER BY event DESC LIMIT 20
            """, [endpoint["seq"] as Int64])
        func hasArrived(_ row: Row) -> Bool { (row["state"] as String) == Delivery.State.delivered.rawValue }
        let tried = newest.first { row in
            hasArrived(row) || (row["last_failure"] as String?) != nil || (row["last_status"] as Int?) != nil
        }
        return EndpointSign(
            endpoint: try endpoint.id("id"), isSellersOwn: endpoint["is_own"], state: try endpoint.value("state"),
            lastArrived: tried.map(hasArrived),
            lastDeliveredAt: newest.first(where: hasArrived)?.optionalTime("closed_at"))
    }

    fileprivate func time(
        of types: Set<String>, _ seller: SellerID, _ application: ApplicationID, order: String
    ) throws -> Timestamp? {
        let places = Array(repeating: "?", count: types.count).joined(separator: ", ")
        var arguments: StatementArguments = [seller.blob, application.blob]
        for type in types.sorted() { arguments += [type] }
        return try row(
            """
            SELECT created_at FROM event
            WHERE seller = (SELECT seq FROM seller WHERE id = ?)
                AND application = (SELECT seq FROM application WHERE id = ?) AND type IN (\(places))
            ORDER BY seq \(order) LIMIT 1
            """, arguments)?.time("created_at")
    }
}
