import Foundation
import Gateway
import TestSupport
import Testing

@testable import StoreSQLite

@Suite("A backup that takes the database's place")
struct RestoreTests {
    private let make = Fixtures()

    @Test("keeps the present database aside, and is not opened for serving before it is finished")
    func placed() async throws {
        try await withStoreFile { file in
            let ring = try keyRing(beside: file)
            let store = try await file.open()
            let vault = Vault(keyRing: ring, store: store, ids: make.ids, clock: .system)
            try await vault.start()
            let early = try await seller("early", store, vault)
            let backup = file.folder.appending(path: "backup").path
            try Data().write(to: URL(filePath: backup))
            _ = try await store.copy(to: backup)
            let late = try await seller("late", store, vault)
            await store.close()

            let placed = try await put(backup, file, ring)
            #expect(try await placed.store.seller(.id(early.id)) == early)
            #expect(try await placed.store.seller(.id(late.id)) == nil)
            let aside = try #require(placed.aside)
            await placed.store.close()
            // Killed before it was finished: neither served nor lost.
            await #expect(throws: SQLiteOpenError.unfinishedRestore(aside: aside)) { try await file.open() }
            let again = try await put(backup, file, ring)
            #expect(again.aside == aside)
            try again.finish()
            await again.store.close()
            let served = try await file.open()
            #expect(try await served.seller(.id(late.id)) == nil)
            await served.close()
            let kept = StoreFile(folder: file.folder.appending(path: "kept"))
            try FileManager.default.createDirectory(at: kept.folder, withIntermediateDirectories: true)
            try FileManager.default.moveItem(atPath: aside, toPath: kept.path)
            let before = try await kept.open()
            #expect(try await before.seller(.id(late.id)) == late)
            await before.close()
        }
    }

    @Test("may come to a machine that has none")
    func empty() async throws {
        try await withStoreFile { file in
            let ring = try keyRing(beside: file)
            let store = try await file.open()
            try await Vault(keyRing: ring, store: store, ids: make.ids, clock: .system).start()
            let backup = file.folder.appending(path: "backup").path
            try Data().write(to: URL(filePath: backup))
            _ = try await store.copy(to: backup)
            await store.close()
            let other = StoreFile(folder: file.folder.appending(path: "other"))
            try FileManager.default.createDirectory(at: other.folder, withIntermediateDirectories: true)
            let placed = try await put(backup, other, ring)
            #expect(placed.aside == nil)
            #expect(await placed.evidence(after: 0).last == nil)
            try placed.finish()
            await placed.store.close()
            await (try other.open()).close()
        }
    }

    @Test("changes nothing where it is no backup or is not to be had")
    func refused() async throws {
        try await withStoreFile { file in
            let ring = try keyRing(beside: file)
            let store = try await file.open()
            let seller = try await store.addSeller(make)
            await store.close()
            let junk = file.folder.appending(path: "junk").path
            try Data("no database, but long enough to be taken for one".utf8).write(to: URL(filePath: junk))
            await #expect(throws: BackupError.self) { try await put(junk, file, ring) }
            await #expect(throws: BackupError.unreadable(path: junk + "x")) { try await put(junk + "x", file, ring) }
            let again = try await file.open()
            #expect(try await again.seller(.id(seller.id)) == seller)
            await again.close()
        }
    }

    /// A stored seller whose data key the keyring opens.
    private func seller(_ ref: String, _ store: SQLiteStore, _ vault: Vault) async throws -> Seller {
        let seller = make.seller(ref: ref)
        let (dataKey, _) = try vault.newDataKey(for: .seller(seller.id))
        try await store.add(seller, dataKey: dataKey, as: make.change())
        return seller
    }

    private func keyRing(beside file: StoreFile) throws -> KeyRing {
        let keys = KeyRingFile(path: file.folder.appending(path: "enlace.keyring").path)
        try keys.create(clock: .system, random: .system)
        return try keys.read()
    }

    private func put(_ backup: String, _ file: StoreFile, _ ring: KeyRing) async throws -> PlacedBackup {
        try await PlacedBackup.put(
            backup, at: file.path, openedBy: ring, seal: .test, clock: ManualClock().wallClock,
            logger: LogCapture().logger())
    }
}
