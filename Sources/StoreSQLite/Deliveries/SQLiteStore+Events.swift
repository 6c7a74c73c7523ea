// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
import GRDB
public import Gateway

extension SQLiteStore: EventStore {
    public func record(_ event: EventDraft) async throws(StoreError) -> RecordOutcome {
        try await writer.write { db in try db.record(event, ids: self.ids) }
    }

    public func event(_ id: EventID) async throws(StoreError) -> Event? {
        try await read { db in try db.row(Self.selectEvent + " WHERE e.id = ?", [id.blob]).map(event(from:)) }
    }

    public func events(_ filter: EventFilter, page: Page) async throws(StoreError) -> [Event] {
        try await read { db in
            var selection = Selection("e.seq", before: try page.start("event", db))
            selection.narrow("s.id = ?", filter.seller?.blob)
            selection.narrow("e.type = ?", filter.type)
            selection.narrow("\(eventState) = ?", filter.state?.rawValue)
            return try db.rows(
                "\(Self.selectEvent) WHERE \(selection.sql) ORDER BY e.seq DESC LIMIT \(page.limit)",
                selection.arguments
            ).map(event(from:))
        }
    }

    public func body(of event: EventID) async throws(StoreError) -> SealedBody? {
        try await read { db in
            try db.row(
                """
                SELECT \(receivedBody) FROM event e LEFT JOIN proof r ON r.event = e.seq
                WHERE e.id = ? AND e.forgotten_at IS NULL
                """, [event.blob]
            ).map { $0.sealedBody() }
        }
    }

    public func feed(
        of seller: SellerID, after: EventID?, limit: Int, at moment: Timestamp
    ) async throws(StoreError) -> [FeedEntry] {
        try await read { db in
            let owner = try db.seq(ofLiving: seller)
            let start = try after.map { id in
                guard
                    let row = try db.row(
                        "SELECT position FROM event WHERE id = ? AND seller = ?", [id.blob, owner])
                else { throw StoreError.notFound }
                let position: Int64 = row["position"]
                let next = try db.row(
                    """
                    SELECT forgotten_at FROM event WHERE seller = ? AND position > ? AND type <> ?
                    ORDER BY position LIMIT 1
                    """, [owner, position, Endpoint.testEventType])
                guard next?["forgotten_at"] as Int64? == nil else { throw StoreError.conflict(rule: .payloadForgotten) }
                return position
            }
            return try db.rows(
                """
                \(Self.selectEvent.replacing("e.created_at", with: "e.created_at, \(receivedBody)"))
                WHERE e.seller = ?1 AND e.position > ?2 AND e.type <> ?3 AND e.forgotten_at IS NULL
                    AND coalesce(r.state NOT IN ('disputed', 'contradicted'), 1)
                    AND e.position < coalesce((SELECT min(w.position) FROM proof o JOIN event w ON w.seq = o.event
                        WHERE o.seller = ?1 AND o.state = 'open' AND o.tell_at > ?4), 9223372036854775807)
                ORDER BY e.position LIMIT ?5
                """, [owner, start ?? 0, Endpoint.testEventType, moment.milliseconds, limit]
            ).map { row in FeedEntry(event: try StoreSQLite.event(from: row), body: row.sealedBody()) }
        }
    }

    public func newestEvent(of seller: SellerID) async throws(StoreError) -> EventID? {
        try await read { db in
            try db.row(
                "SELECT id FROM event WHERE seller = ? ORDER BY position DESC LIMIT 1",
                [try db.seq(ofLiving: seller)])?.id("id")
        }
    }

    public func received(of event: EventID) async throws(StoreError) -> SealedSecret? {
        try await read { db in
            try db.row("SELECT received FROM event WHERE id = ? AND forgotten_at IS NULL", [event.blob])?
                .optionalSealed("received")
        }
    }

    public func parked(
        for user: UpstreamUserID, application: ApplicationID, since: Timestamp, after: EventID?
    ) async throws(StoreError) -> [ParkedNotification] {
        try await read { db in
            try db.rows(
                """
                SELECT e.* FROM event e JOIN application a ON a.seq = e.application
                WHERE e.state = 'parked' AND e.upstream_user = ? AND a.id = ? AND e.created_at >= ?
                    AND e.seq > coalesce((SELECT seq FROM event WHERE id = ?), 0)
                ORDER BY e.seq LIMIT 100
                """, [user.rawValue, application.blob, since.milliseconds, after?.blob]
            ).map { row in
                ParkedNotification(
                    event: try row.id("id"), notification: try row.id("notification"),
                    channel: try row.value("channel"), identityHash: row.bytes("identity_hash"),
                    received: row.sealed("received"), receivedAt: row.time("created_at"))
            }
        }
    }

    public func route(parked: EventID, as event: EventDraft) async throws(StoreError) -> RecordOutcome {
        try await writer.write { db in
            guard
                let row = try db.row("SELECT seq FROM event WHERE id = ? AND state = 'parked'", [parked.blob]),
                let seller = event.seller
            else { return .duplicate }
            let seq: Int64 = row["seq"]
            _ = try db.seq(ofLiving: seller)
            try db.run(
                """
                UPDATE event SET state = 'routed', type = ?, live_mode = ?, proof = ?,
                    seller = (SELECT seq FROM seller WHERE id = ?),
                    connection = (SELECT seq FROM connection WHERE id = ?),
                    received = coalesce(?, received), body = ?,
                    position = \(nextPosition) WHERE seq = ?
                """,
                [
                    event.type, event.liveMode, event.proof.rawValue, seller.blob, event.connection?.blob,
                    event.origin?.received.blob, try event.body(seq).blob, seller.blob, seq,
                ])
            try db.demandProof(of: event, seq: seq)
            return .recorded(deliveries: try db.fanOut(event, seq: seq, ids: self.ids))
        }
    }

    private static let selectEvent = """
        SELECT e.seq, e.id, e.type, \(eventState) AS state, e.live_mode, e.proof, e.topic, e.action, e.resource, e.notification,
            e.created_at, e.forgotten_at, e.body_sha256, e.body_size, s.id AS seller_id, c.id AS connection_id
        FROM event e LEFT JOIN seller s ON s.seq = e.seller LEFT JOIN connection c ON c.seq = e.connection
            LEFT JOIN proof r ON r.event = e.seq
        """
}

private let eventState = "iif(r.state = 'contradicted', 'contradicted', e.state)"
let receivedBody = "coalesce(r.expanded, e.body) AS body, r.expanded IS NOT NULL AS is_proven"

/// The place behind the last event of the seller whose id is bound; NULL for what is nobody's.
let nextPosition = """
    (SELECT 1 + coalesce((SELECT max(position) FROM event WHERE seller = s.seq), 0) FROM seller s WHERE s.id = ?)
    """

extension Database {
    /// Records an event with its deliveries, once.
    func record(_ event: EventDraft, ids: IdentifierSource) throws -> RecordOutcome {
        let application = try event.application.map { try seq("application", $0) }
        if let seller = event.seller { _ = try seq(ofLiving: seller) }
        if let origin = event.origin,
            try row(
                "SELECT 1 FROM event WHERE application = ? AND identity_hash = ?",
                [application, Data(origin.identityHash)]) != nil
        {
            return .duplicate
        }
        // Known before the insert, since the sealed body carries it; no other writer can come between.
        let next = (try row("SELECT seq FROM sqlite_sequence WHERE name = 'event'")?["seq"] as Int64? ?? 0) + 1
        try add(event, seq: next, application: application)
        try demandProof(of: event, seq: next)
        return .recorded(deliveries: try fanOut(event, seq: next, ids: ids))
    }

    private func add(_ event: EventDraft, seq: Int64, application: Int64?) throws {
        let origin = event.origin
        try run(
            """
            INSERT INTO event
                (seq, id, seller, connection, application, type, state, live_mode, proof, resource, created_at,
                 notification, channel, topic, action, upstream_user, identity_hash, received, body, position)
            VALUES (?, ?, (SELECT seq FROM seller WHERE id = ?), (SELECT seq FROM connection WHERE id = ?),
                ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \(nextPosition))
            """,
            [
                seq, event.id.blob, event.seller?.blob, event.connection?.blob, application, event.type,
                event.state.rawValue, event.liveMode, event.proof.rawValue, event.resource,
                event.createdAt.milliseconds, origin?.notification.blob, origin?.channel.rawValue, origin?.topic,
                origin?.action, origin?.upstreamUser?.rawValue, origin.map { Data($0.identityHash) },
                origin?.received.blob, try event.body(seq).blob, event.seller?.blob,
            ])
    }
}

private func event(from row: Row) throws -> Event {
    Event(
        id: try row.id("id"), sequence: row["seq"], seller: row.optionalID("seller_id"),
        connection: row.optionalID("connection_id"), type: row["type"], state: try row.value("state"),
        liveMode: row["live_mode"], proof: try row.value("proof"), topic: row["topic"], action: row["action"],
        resource: row["resource"], notification: row.optionalID("notification"), createdAt: row.time("created_at"),
        forgotten: row.optionalTime("forgotten_at").map {
            Event.Forgotten(at: $0, sha256: row.optionalBytes("body_sha256"), size: row["body_size"])
        })
}
