import Crypto
import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("The folder of the backups")
struct BackupFolderTests {
    private let clock = ManualClock()
    private let ring = TestBackups.ring

    @Test("keeps a finished backup under a name that says what it is, for its owner alone")
    func made() async throws {
        try await withTemporaryFolder { place in
            let folder = BackupFolder(path: place.appending(path: "deep/backups").path, keep: 3)
            #expect(try folder.list() == [])
            let backup = try await folder.make(.manual, openedBy: ring, at: clock.now, copy: TestBackups.copy)
            #expect(backup.name == "enlace-20260101T000000.000Z-schema8-manual.sqlite")
            #expect(backup.bytes == 4)
            #expect(try folder.list() == [backup])
            let mode = try FileManager.default.attributesOfItem(atPath: folder.file(of: backup))[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let another = try await folder.make(.manual, openedBy: ring, at: clock.now, copy: TestBackups.copy)
            #expect(try folder.list() == [another, backup])
        }
    }

    @Test("shows nothing that is not finished, and clears up what a dead process left")
    func unfinished() async throws {
        try await withTemporaryFolder { place in
            let folder = BackupFolder(path: place.path, keep: 3)
            for name in ["enlace.partial", "enlace.partial-wal", "enlace-20260101T000000.000Z-schema8-manual.sqlite.x"]
            {
                try Data("half".utf8).write(to: place.appending(path: name))
            }
            #expect(try folder.list() == [])
            let backup = try await folder.make(.scheduled, openedBy: ring, at: clock.now) { path throws(BackupError) in
                #expect((try? folder.list()) == [])
                return try await TestBackups.copy(path)
            }
            #expect(try folder.list() == [backup])
            let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
            #expect(!names.contains { $0.contains("partial") })
        }
    }

    @Test("keeps nothing of one that fails, that is damaged, or that the keyring does not open")
    func failed() async throws {
        try await withTemporaryFolder { place in
            let folder = BackupFolder(path: place.path, keep: 3)
            await #expect(throws: BackupError.notWritten(path: "disk")) {
                try await folder.make(.manual, openedBy: ring, at: clock.now) { path throws(BackupError) in
                    try? Data("half".utf8).write(to: URL(filePath: path))
                    throw .notWritten(path: "disk")
                }
            }
            await #expect(throws: BackupError.notOpened(.missingKeyringKey(id: "krk_other"))) {
                try await folder.make(.manual, openedBy: ring, at: clock.now) { path throws(BackupError) in
                    BackupContents(schema: 8, canary: nil, dataKeys: [], keyringKeys: ["krk_other"])
                }
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
            #expect(names == [])
        }
    }

    @Test("lets the oldest go beyond what is to be kept, but for the newest from before each migration")
    func surplus() {
        func backup(_ day: Int, _ schema: Int, _ reason: Backup.Reason) -> Backup {
            Backup(madeAt: clock.now + .seconds(day * 86_400), schema: schema, reason: reason, bytes: 0)
        }
        let all = [
            backup(9, 9, .manual), backup(8, 9, .scheduled), backup(7, 8, .migration), backup(6, 8, .migration),
            backup(5, 8, .scheduled), backup(4, 7, .migration), backup(3, 7, .manual),
        ]
        #expect(BackupFolder.surplus(of: all, keep: 2) == [all[4], all[6], all[3]])
        #expect(BackupFolder.surplus(of: all, keep: 4) == [all[3]])
    }

    @Test("reads the names that it writes, and no other", arguments: Backup.Reason.allCases)
    func names(reason: Backup.Reason) {
        let backup = Backup(madeAt: Timestamp(milliseconds: 1_790_000_000_123), schema: 12, reason: reason, bytes: 7)
        #expect(Backup(name: backup.name, bytes: 7) == backup)
        #expect(Backup(name: backup.name + ".partial", bytes: 7) == nil)
        #expect(Backup(name: backup.name.replacing("schema12", with: "schemaX"), bytes: 7) == nil)
        #expect(Backup(name: backup.name.replacing(reason.rawValue, with: "other"), bytes: 7) == nil)
    }
}

/// What a copy would be, without a database.
enum TestBackups {
    static let ring = KeyRing(
        current: "krk_own", keys: ["krk_own": SymmetricKey(size: .bits256)], pepper: SymmetricKey(size: .bits256))

    @Sendable static func copy(_ path: String) async throws(BackupError) -> BackupContents {
        try? Data("copy".utf8).write(to: URL(filePath: path))
        return BackupContents(schema: 8, canary: nil, dataKeys: [], keyringKeys: [])
    }
}
