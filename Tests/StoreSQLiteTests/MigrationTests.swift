import Foundation
import Gateway
import TestSupport
import Testing

@testable import StoreSQLite

@Suite("The migrations")
struct MigrationTests {
    @Test("are numbered from one without a gap, and named after their files")
    func numbers() {
        #expect(Migrator.all.map(\.number) == Array(1...Migrator.all.count))
        for migration in Migrator.all {
            let digits = String(migration.number)
            #expect(migration.name.hasPrefix("m" + String(repeating: "0", count: 4 - digits.count) + digits + "_"))
        }
    }

    @Test("are written down with their hashes, and applied once")
    func applied() async throws {
        try await withStoreFile { file in
            for _ in 0..<2 {
                let store = try await file.open()
                #expect(try await store.number("SELECT count(*) FROM migration") == Migrator.all.count)
                #expect(
                    try await store.number("SELECT count(*) FROM migration WHERE applied_at = 1767225600000")
                        == Migrator.all.count)
                await store.close()
            }
        }
    }

    @Test("refuse a database whose migration was another one")
    func changed() async throws {
        try await withStoreFile { file in
            await (try file.open()).close()
            var edited = Migrator.all
            edited[1] = Migrator.Migration(
                number: 2, name: edited[1].name, sql: edited[1].sql + Array("-- a comment".utf8))
            await #expect(throws: SQLiteOpenError.migrationChanged(name: edited[1].name)) {
                try await file.open(migrations: edited)
            }
            await (try file.open()).close()
        }
    }

    @Test("refuse a database of a newer version, and leave it as it is")
    func newer() async throws {
        try await withStoreFile { file in
            let later = Migrator.Migration(
                number: Migrator.all.count + 1, name: "m9999_later",
                sql: Array("CREATE TABLE later (seq INTEGER PRIMARY KEY) STRICT;".utf8))
            await (try file.open(migrations: Migrator.all + [later])).close()
            await #expect(throws: SQLiteOpenError.newer(name: "m9999_later")) { try await file.open() }
            let store = try await file.open(migrations: Migrator.all + [later])
            #expect(try await store.number("SELECT count(*) FROM later") == 0)
            await store.close()
        }
    }

    @Test("bring an old database up to date and keep what is in it", arguments: 1..<Migrator.all.count)
    func upgraded(from number: Int) async throws {
        try await withStoreFile { file in
            let make = Fixtures()
            let old = try await file.open(migrations: Array(Migrator.all.prefix(number)))
            let seller = make.seller()
            // As the older version did: the present one writes what an older database has no room for.
            try await old.execute(
                """
                INSERT INTO seller (id, name, state, created_at)
                VALUES (x'\(hexadecimal(seller.id.blob))', 'Kiosco Ñandú', 'active', 1767225600000);
                INSERT INTO audit (id, done_at, actor, action, subject, seller)
                VALUES (randomblob(16), 1767225600000, 'command', 'seller.created', 's', 1);
                """)
            await old.close()
            let store = try await file.open()
            #expect(try await store.number("SELECT count(*) FROM migration") == Migrator.all.count)
            #expect(try await store.seller(.id(seller.id)) == seller)
            #expect(try await store.record(make.notice(of: seller.id)) == .recorded(deliveries: 0))
            await store.close()
        }
    }

    @Test("that fail leave nothing of themselves")
    func failed() async throws {
        try await withStoreFile { file in
            await (try file.open()).close()
            let broken = Migrator.Migration(
                number: Migrator.all.count + 1, name: "m9999_broken",
                sql: Array("CREATE TABLE half (seq INTEGER PRIMARY KEY) STRICT; CREATE TABLE seller (x);".utf8))
            await #expect(throws: SQLiteOpenError.unusable(path: file.path)) {
                try await file.open(migrations: Migrator.all + [broken])
            }
            let store = try await file.open()
            #expect(try await store.number("SELECT count(*) FROM sqlite_schema WHERE name = 'half'") == 0)
            #expect(try await store.number("SELECT count(*) FROM migration") == Migrator.all.count)
            await store.close()
        }
    }

    @Test("may make a table anew that others point at, and leave no row that points at nothing")
    func references() async throws {
        try await withStoreFile { file in
            await (try file.open()).close()
            let anew = Migrator.Migration(
                number: Migrator.all.count + 1, name: "m9998_anew",
                sql: Array(
                    """
                    CREATE TABLE canary_new (seq INTEGER PRIMARY KEY, sealed BLOB NOT NULL, more TEXT) STRICT;
                    INSERT INTO canary_new SELECT seq, sealed, NULL FROM canary;
                    DROP TABLE canary;
                    ALTER TABLE canary_new RENAME TO canary;
                    """.utf8))
            await (try file.open(migrations: Migrator.all + [anew])).close()
            let dangling = Migrator.Migration(
                number: Migrator.all.count + 2, name: "m9999_dangling",
                sql: Array(
                    """
                    INSERT INTO audit (id, done_at, actor, action, subject, seller)
                    VALUES (zeroblob(16), 0, 'gateway', 'seller.created', '', 99);
                    """.utf8))
            await #expect(throws: SQLiteOpenError.brokenReferences(table: "audit")) {
                try await file.open(migrations: Migrator.all + [anew, dangling])
            }
        }
    }
}

private func hexadecimal(_ bytes: Data) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
