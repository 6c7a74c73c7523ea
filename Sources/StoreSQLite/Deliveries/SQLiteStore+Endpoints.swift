// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: EndpointStore {
    public func add(
        _ endpoint: Endpoint, secret: EndpointSecret, test: EventDraft, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO endpoint
                    (id, seller, url, description, topics, state, format, expand, timeout_ms, ordering, concurrency,
                     rate, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    endpoint.id.blob, try endpoint.seller.map { try db.seq(ofLiving: $0) }, endpoint.url,
                    endpoint.description, endpoint.topics.patterns.joined(separator: " "), endpoint.state.rawValue,
                    endpoint.format.rawValue, endpoint.expand, milliseconds(endpoint.timeout),
                    endpoint.ordering.rawValue, endpoint.concurrency, endpoint.rate, endpoint.createdAt.milliseconds,
                ])
            try db.add(secret)
            _ = try db.record(test, ids: self.ids)
            try db.record(change)
        }
    }

    public func endpoint(_ id: EndpointID) async throws(StoreError) -> Endpoint? {
        try await read { db in try db.endpoint(id) }
    }

    public func endpoints(of seller: SellerID?, page: Page) async throws(StoreError) -> [Endpoint] {
        try await read { db in
            var selection = Selection("e.seq", before: try page.start("endpoint", db))
            selection.narrow("e.removed_at IS NULL")
            if seller == nil { selection.narrow("e.seller IS NULL") }
            selection.narrow("s.id = ?", seller?.blob)
            return try db.rows(
                "\(selectEndpoint) WHERE \(selection.sql) ORDER BY e.seq DESC LIMIT \(page.limit)",
                selection.arguments
            ).map(endpointRow)
        }
    }

    public func removedEndpoints(of seller: SellerID, page: Page) async throws(StoreError) -> [Endpoint] {
        try await read { db in
            try db.rows(
                """
                \(selectEndpoint) WHERE e.seq < ? AND s.id = ? AND e.removed_at IS NOT NULL
                ORDER BY e.seq DESC LIMIT ?
                """, [try page.start("endpoint", db), seller.blob, page.limit]
            ).map(endpointRow)
        }
    }

    public func update(
        _ endpoint: EndpointID, _ changes: EndpointChanges, test: EventDraft?, as change: Change
    ) async throws(StoreError) -> Endpoint {
        try await writer.write { db in
            let topics = changes.topics?.patterns.joined(separator: " ")
            // The right-hand sides see the row as it was, so another URL is one that differs from the stored one.
            try db.run(
                """
                UPDATE endpoint SET state = iif(coalesce(?1, url) <> url, 'pending', state),
                    reason = iif(coalesce(?1, url) <> url, NULL, reason),
                    health = iif(coalesce(?1, url) <> url, NULL, health), url = coalesce(?1, url),
                    description = coalesce(?2, description), topics = coalesce(?3, topics),
                    timeout_ms = coalesce(?4, timeout_ms), ordering = coalesce(?5, ordering),
                    concurrency = coalesce(?6, concurrency), rate = nullif(coalesce(?7, rate), 0),
                    expand = coalesce(?8, expand)
                WHERE id = ?9 AND removed_at IS NULL
                """,
                [
                    changes.url, changes.description, topics, changes.timeout.map(milliseconds),
                    changes.ordering?.rawValue, changes.concurrency, changes.rate, changes.expand,
                    endpoint.blob,
                ])
            try db.expectChange(orThrow: .notFound)
            if changes.ordering == Endpoint.Ordering.none {
                try db.run(
                    """
                    UPDATE delivery SET is_blocked = 0
                    WHERE endpoint = ? AND state = 'pending' AND is_blocked = 1
                    """, [try db.seq("endpoint", endpoint)])
            }
            if changes.ordering == .relaxed {
                try db.run(
                    "UPDATE delivery SET was_overtaken = 0 WHERE endpoint = ? AND state = 'pending' AND was_overtaken = 1",
                    [try db.seq("endpoint", endpoint)])
            }
            try db.wake("id = ?", [endpoint.blob], at: change.audit.at)
            if let test { _ = try db.record(test, ids: self.ids) }
            try db.record(change)
            return try db.storedEndpoint(endpoint)
        }
    }

    public func move(
        _ endpoint: EndpointID, to state: Endpoint.State, from states: Set<Endpoint.State>, as change: Change
    ) async throws(StoreError) -> Endpoint {
        try await writer.write { db in
            // Nothing else writes between this and the update: it is one transaction of the one writer.
            guard states.contains(try db.storedEndpoint(endpoint).state) else {
                throw StoreError.conflict(rule: .state)
            }
            // What was held must not fall upon it all at once.
            try db.run(
                "UPDATE endpoint SET state = ?, reason = NULL, health = ? WHERE id = ?",
                [state.rawValue, state == .active ? try EndpointHealth.resumed.stored() : nil, endpoint.blob])
            try db.settleTurn(of: try db.seq("endpoint", endpoint), at: change.audit.at)
            try db.record(change)
            return try db.storedEndpoint(endpoint)
        }
    }

    public func remove(_ endpoint: EndpointID, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            let now = change.audit.at.milliseconds
            try db.run(
                "UPDATE endpoint SET removed_at = ?, turn_at = NULL WHERE id = ? AND removed_at IS NULL",
                [now, endpoint.blob])
            try db.expectChange(orThrow: .notFound)
            try db.run(
                """
                UPDATE delivery SET state = 'canceled', closed_at = ?, due_at = NULL, claim = NULL, lease_until_at = NULL
                WHERE endpoint = (SELECT seq FROM endpoint WHERE id = ?) AND state IN ('pending', 'sending')
                """, [now, endpoint.blob])
            try db.record(change)
        }
    }

    public func secrets(
        of endpoint: EndpointID, at moment: Timestamp
    ) async throws(StoreError) -> [EndpointSecret] {
        try await read { db in try db.liveSecrets(of: try db.seq("endpoint", endpoint), endpoint, at: moment) }
    }

    public func add(
        _ secret: EndpointSecret, othersExpireAt: Timestamp, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            let endpoint = try db.seq("endpoint", secret.endpoint)
            try db.run(
                "UPDATE endpoint_secret SET expires_at = ? WHERE endpoint = ? AND expires_at IS NULL",
                [othersExpireAt.milliseconds, endpoint])
            try db.add(secret)
            let now = secret.createdAt.milliseconds
            try db.run(
                """
                UPDATE endpoint_secret SET expires_at = ?1 WHERE endpoint = ?2 AND expires_at > ?1 AND seq NOT IN
                    (SELECT seq FROM endpoint_secret WHERE endpoint = ?2 ORDER BY seq DESC LIMIT 3)
                """, [now, endpoint])
            try db.record(change)
        }
    }

}

private let selectEndpoint =
    "SELECT e.*, s.id AS seller_id FROM endpoint e LEFT JOIN seller s ON s.seq = e.seller"

extension Database {
    /// An endpoint that was not removed, or `nil`.
    fileprivate func endpoint(_ id: EndpointID) throws -> Endpoint? {
        try row(selectEndpoint + " WHERE e.id = ? AND e.removed_at IS NULL", [id.blob]).map(endpointRow)
    }

    /// An endpoint that was not removed.
    ///
    /// - Throws: ``StoreError/notFound``.
    fileprivate func storedEndpoint(_ id: EndpointID) throws -> Endpoint {
        guard let found = try endpoint(id) else { throw StoreError.notFound }
        return found
    }

    /// The secrets that sign at a moment, newest first, at most 3.
    func liveSecrets(of seq: Int64, _ endpoint: EndpointID, at moment: Timestamp) throws -> [EndpointSecret] {
        try rows(
            """
            SELECT * FROM endpoint_secret WHERE endpoint = ? AND (expires_at IS NULL OR expires_at > ?)
            ORDER BY seq DESC LIMIT 3
            """, [seq, moment.milliseconds]
        ).map { row in
            EndpointSecret(
                id: try row.id("id"), endpoint: endpoint, sealed: row.sealed("sealed"),
                createdAt: row.time("created_at"), expiresAt: row.optionalTime("expires_at"))
        }
    }

    fileprivate func add(_ secret: EndpointSecret) throws {
        try run(
            "INSERT INTO endpoint_secret (id, endpoint, sealed, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            [
                secret.id.blob, try seq("endpoint", secret.endpoint), secret.sealed.blob,
                secret.createdAt.milliseconds, secret.expiresAt?.milliseconds,
            ])
    }
}

extension Row {
    /// Patterns with a space between them.
    func topics(_ column: String) throws -> TopicFilter {
        guard let topics = TopicFilter((self[column] as String).split(separator: " ").map(String.init)) else {
            throw UnreadableRow(column: column)
        }
        return topics
    }
}

/// An endpoint from a row of the table itself, with its seller's id beside it.
func endpointRow(_ row: Row) throws -> Endpoint {
    Endpoint(
        id: try row.id("id"), seller: row.optionalID("seller_id"), url: row["url"], description: row["description"],
        topics: try row.topics("topics"), state: try row.value("state"),
        format: try row.value("format"), expand: row["expand"], timeout: .milliseconds(row["timeout_ms"] as Int64),
        ordering: try row.value("ordering"), concurrency: row["concurrency"], rate: row["rate"],
        reason: row.optionalValue("reason"), health: try row.health(),
        createdAt: row.time("created_at"))
}

private func milliseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
}
