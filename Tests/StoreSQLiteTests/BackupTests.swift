import Foundation
import GRDB
import Gateway
import TestSupport
import Testing

@testable import StoreSQLite

@Suite("A copy of the database")
struct BackupTests {
    private let make = Fixtures()

    @Test("holds one moment of it, however much is written meanwhile, and needs no other file")
    func consistent() async throws {
        try await withStore { store, file in
            for _ in 0..<50 { _ = try await store.addSeller(make) }
            let path = try empty("copy.sqlite", beside: file)
            let copy = DatabaseCopy(path: path, pagesPerStep: 1)
            let isOver = Flag()
            let writes = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    var count = 0
                    repeat {
                        _ = try await store.addSeller(make)
                        count += 1
                    } while !isOver.isRaised && !Task.isCancelled
                    return count
                }
                try await copy.make(from: store.pool)
                isOver.raise()
                return try await group.next() ?? 0
            }
            #expect(writes > 0)
            let contents = try await copy.examine(isThorough: true)
            #expect(contents.schema == Migrator.all.count)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: file.folder.path).filter { $0.hasPrefix("copy") }
                    == ["copy.sqlite"])
            // Each seller came with its data key and its line in the audit, in one transaction.
            let counts = try await counts(path)
            #expect(counts.sellers >= 50)
            #expect(counts.sellers == counts.dataKeys && counts.sellers == counts.lines)
            #expect(try await store.number("SELECT count(*) FROM seller") == 50 + writes)
        }
    }

    @Test("opens as the database itself does, with its chain of the audit whole")
    func reopened() async throws {
        try await withStore { store, file in
            let seller = try await store.addSeller(make, ref: "shop-7")
            let path = try empty("copy.sqlite", beside: file)
            _ = try await store.copy(to: path)
            let again = try await SQLiteStore.open(
                at: path, seal: .test, clock: ManualClock().wallClock, logger: LogCapture().logger())
            #expect(try await again.seller(.id(seller.id)) == seller)
            let theirs = try await again.auditStretch(after: 0, limit: 10)
            #expect(theirs == (try await store.auditStretch(after: 0, limit: 10)))
            await again.close()
        }
    }

    @Test("that was damaged, cut or is none is told from a good one")
    func damaged() async throws {
        try await withStore { store, file in
            for _ in 0..<200 { _ = try await store.addSeller(make) }
            let path = try empty("copy.sqlite", beside: file)
            _ = try await store.copy(to: path)
            let whole = try Data(contentsOf: URL(filePath: path))
            _ = try await DatabaseCopy(path: path).examine(isThorough: true)
            try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
            await #expect(throws: BackupError.self) {
                try await DatabaseCopy(path: path).examine(isThorough: false)
            }
            var altered = whole
            let middle = whole.count / 2 / 4096 * 4096
            altered.replaceSubrange(middle..<(middle + 4096), with: Data(repeating: 0xA5, count: 4096))
            try altered.write(to: URL(filePath: path))
            await #expect(throws: BackupError.self) {
                try await DatabaseCopy(path: path).examine(isThorough: true)
            }
            try Data("no database".utf8).write(to: URL(filePath: path))
            await #expect(throws: BackupError.unreadable(path: path)) {
                try await DatabaseCopy(path: path).examine(isThorough: false)
            }
        }
    }

    @Test("is stopped when its task is cancelled, and refused where nothing can be written")
    func stopped() async throws {
        try await withStore { store, file in
            let path = try empty("copy.sqlite", beside: file)
            await #expect(throws: BackupError.stopped) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await store.copy(to: path) }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            let missing = file.folder.appending(path: "missing/copy.sqlite").path
            await #expect(throws: BackupError.notWritten(path: missing)) { try await store.copy(to: missing) }
        }
    }

    @Test("of an older database is kept before it is migrated, and only then")
    func beforeMigration() async throws {
        try await withStoreFile { file in
            let backups = BackupFolder(path: file.folder.appending(path: "backups").path, keep: 3)
            await (try await open(file, Array(Migrator.all.prefix(4)), backups)).close()
            #expect(try backups.list() == [])
            await (try await open(file, Migrator.all, backups)).close()
            let made = try backups.list()
            #expect(made.map(\.reason) == [.migration] && made.map(\.schema) == [4])
            await (try await open(file, Migrator.all, backups)).close()
            #expect(try backups.list() == made)
            // As the older version knows it.
            let copy = StoreFile(folder: file.folder.appending(path: "old"))
            try FileManager.default.createDirectory(at: copy.folder, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: backups.file(of: made[0]), toPath: copy.path)
            let old = try await copy.open(migrations: Array(Migrator.all.prefix(4)))
            #expect(try await old.number("SELECT max(number) FROM migration") == 4)
            await old.close()
        }
    }

    @Test("that can't be made keeps an older database from being migrated")
    func noBackup() async throws {
        try await withStoreFile { file in
            await (try file.open(migrations: Array(Migrator.all.prefix(4)))).close()
            let inTheWay = file.folder.appending(path: "backups")
            try Data("a file".utf8).write(to: inTheWay)
            let backups = BackupFolder(path: inTheWay.path, keep: 3)
            let error = await #expect(throws: SQLiteOpenError.self) { try await open(file, Migrator.all, backups) }
            #expect(error?.description.contains("backup.folder") == true)
            let old = try await file.open(migrations: Array(Migrator.all.prefix(4)))
            #expect(try await old.number("SELECT max(number) FROM migration") == 4)
            await old.close()
        }
    }

    private func open(
        _ file: StoreFile, _ migrations: [Migrator.Migration], _ backups: BackupFolder
    ) async throws -> SQLiteStore {
        let keys = KeyRingFile(path: file.folder.appending(path: "enlace.keyring").path)
        if !FileManager.default.fileExists(atPath: keys.path) { try keys.create(clock: .system, random: .system) }
        let clock = ManualClock().wallClock
        return try await SQLiteStore.open(
            at: file.path, seal: .test, clock: clock, logger: LogCapture().logger(), migrations: migrations,
            backup: MigrationBackup(folder: backups, keyRing: try keys.read(), clock: clock))
    }

    private func empty(_ name: String, beside file: StoreFile) throws -> String {
        let path = file.folder.appending(path: name).path
        try Data().write(to: URL(filePath: path))
        return path
    }

    private func counts(_ path: String) async throws -> (sellers: Int, dataKeys: Int, lines: Int) {
        let queue = try DatabaseQueue(path: path)
        return try await queue.read { db in
            (
                try Int.fetchOne(db, sql: "SELECT count(*) FROM seller") ?? 0,
                try Int.fetchOne(db, sql: "SELECT count(*) FROM data_key") ?? 0,
                try Int.fetchOne(db, sql: "SELECT count(*) FROM audit") ?? 0
            )
        }
    }
}
