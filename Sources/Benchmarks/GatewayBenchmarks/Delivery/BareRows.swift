import Foundation
import GRDB

/// The rows of a notification and its delivery, written by a loop that does nothing else.
struct BareRows {
    /// As many callers as share a commit in the gateway.
    private static let batch = 64

    private let database: DatabaseQueue

    /// Takes a copy of an installation's database, with its tables, indexes and triggers, and the gateway's own settings.
    init(_ origin: URL, in scene: URL) throws {
        let file = scene.appending(path: "bare.sqlite")
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: file.path() + suffix)
        }
        try FileManager.default.copyItem(at: origin, to: file)
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        }
        database = try DatabaseQueue(path: file.path(), configuration: configuration)
    }

    /// Notifications a second.
    func run(for time: Duration) throws -> Double {
        let start = ContinuousClock.now
        var count = 0
        while ContinuousClock.now - start < time {
            try write(Self.batch)
            count += Self.batch
        }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
    }

    /// Milliseconds of commits of one notification each.
    func commits(_ count: Int) throws -> [Double] {
        try (0..<count).map { _ in
            let start = ContinuousClock.now
            try write(1)
            return (ContinuousClock.now - start) / .milliseconds(1)
        }
    }

    private func write(_ count: Int) throws {
        try database.write { db in
            let event = try db.cachedStatement(
                sql: """
                    INSERT INTO event (id, seller, connection, application, type, state, live_mode, proof, resource,
                        created_at, notification, channel, topic, action, upstream_user, identity_hash, received, body,
                        position)
                    VALUES (randomblob(16), 1, 1, 1, 'merchant_order.updated', 'routed', 1, 'signature', '30000000001',
                        1, randomblob(16), 'app', 'topic_merchant_order_wh', 'merchant_order.updated', 200000000,
                        randomblob(32), randomblob(620), randomblob(430),
                        (SELECT 1 + coalesce(max(position), 0) FROM event WHERE seller = 1))
                    """)
            let delivery = try db.cachedStatement(
                sql: """
                    INSERT INTO delivery (id, event, endpoint, line, state, due_at, created_at)
                    VALUES (randomblob(16), ?, 1, random(), 'pending', 1, 1)
                    """)
            for _ in 0..<count {
                try event.execute()
                try delivery.execute(arguments: [db.lastInsertedRowID])
            }
        }
    }
}
