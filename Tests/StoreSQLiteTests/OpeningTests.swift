import Foundation
import Gateway
import TestSupport
import Testing

@testable import StoreSQLite

@Suite("Opening a database")
struct OpeningTests {
    @Test(
        "makes it durable, and reads that back",
        arguments: [
            ("synchronous", "2"), ("auto_vacuum", "2"), ("journal_mode", "wal"), ("secure_delete", "1"),
            ("foreign_keys", "1"),
        ])
    func pragmas(name: String, value: String) async throws {
        try await withStoreFile { file in
            // Twice: what holds for a new file has to hold for an old one too.
            for _ in 0..<2 {
                let store = try await file.open()
                #expect(try await store.pragma(name) == value)
                await store.close()
            }
        }
    }

    @Test("lets nobody else read its files, whatever the umask")
    func modes() async throws {
        try await withStoreFile { file in
            try Data().write(to: URL(filePath: file.path))
            try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file.path)
            let store = try await file.open()
            _ = try await store.addSeller(Fixtures())
            for suffix in ["", "-wal", "-shm", ".lock"] {
                let mode = try FileManager.default.attributesOfItem(atPath: file.path + suffix)[.posixPermissions]
                #expect((mode as? NSNumber)?.intValue == 0o600, "\(suffix)")
            }
            await store.close()
        }
    }

    @Test("is refused while another one has it, naming the process")
    func locked() async throws {
        try await withStore { store, file in
            await #expect(throws: SQLiteOpenError.locked(pid: getpid())) { try await file.open() }
            #expect(SQLiteOpenError.locked(pid: 4711).description.contains("4711"))
            // The refusal has taken nothing from the one that has it.
            #expect(await store.isWritable())
            await #expect(throws: SQLiteOpenError.locked(pid: getpid())) { try await file.open() }
        }
    }

    @Test("gives the lock back when it is closed, and finds everything again")
    func reopened() async throws {
        try await withStoreFile { file in
            let first = try await file.open()
            let seller = try await first.addSeller(Fixtures(), ref: "shop-7")
            await first.close()
            let second = try await file.open()
            #expect(try await second.seller(.id(seller.id)) == seller)
            await #expect(throws: StoreError.unavailable) { try await first.seller(.id(seller.id)) }
            await second.close()
        }
    }

    @Test("gives the lock back although a child that is just being started still has its descriptor")
    func lockOfAChild() async throws {
        try await withStoreFile { file in
            let first = try await file.open()
            // What fork leaves in the child until exec: the same open file description, by another descriptor.
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(
                Int32.init)
            let held = descriptors.filter {
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
                return target == file.path + ".lock"
            }
            try #require(held.count == 1)
            let child = dup(held[0])
            defer { close(child) }
            await first.close()
            await (try await file.open()).close()
        }
    }

    @Test("makes due at once what a process was sending when it died")
    func rescued() async throws {
        try await withStoreFile { file in
            let make = Fixtures()
            let first = try await file.open()
            let endpoint = make.endpoint(of: nil, state: .pending)
            try await first.add(
                endpoint, secret: make.secret(of: endpoint.id), test: make.test(endpoint), as: make.change())
            let lease = make.clock.now + .seconds(60)
            let claimed = try await first.claim(
                FairShare(places: 64, free: 1), at: make.clock.now, leaseUntil: lease, tokens: .system)
            #expect(claimed.count == 1)
            #expect(try await first.rescue(leasesBefore: make.clock.now, at: make.clock.now) == 0)
            await first.close()
            let second = try await file.open()
            #expect(try await second.rescue(leasesBefore: make.clock.now, at: make.clock.now) == 1)
            #expect(!(try await second.finish(claimed[0], make.result())))
            await second.close()
        }
    }

    @Test("leaves one file behind when it is closed, and may be closed twice")
    func closed() async throws {
        try await withStoreFile { file in
            let store = try await file.open()
            _ = try await store.addSeller(Fixtures())
            await store.close()
            await store.close()
            let wal = try? Data(contentsOf: URL(filePath: file.path + "-wal"))
            #expect(wal?.isEmpty ?? true)
            #expect(try Data(contentsOf: URL(filePath: file.path)).count > 4096)
        }
    }

    @Test("leaves the lock free when it fails")
    func failed() async throws {
        try await withStoreFile { file in
            try Data("this is no database, and long enough to look like none".utf8).write(
                to: URL(filePath: file.path))
            await #expect(throws: SQLiteOpenError.unusable(path: file.path)) { try await file.open() }
            try FileManager.default.removeItem(atPath: file.path)
            let store = try await file.open()
            #expect(await store.isWritable())
            await store.close()
        }
    }

    @Test("is refused in a folder that is not there")
    func unusable() async throws {
        try await withTemporaryFolder { folder in
            let file = StoreFile(folder: folder.appending(path: "missing"))
            await #expect(throws: SQLiteOpenError.unusable(path: file.path + ".lock")) { try await file.open() }
        }
    }

    @Test("is refused where auto-vacuum can't be had any more")
    func undurable() async throws {
        try await withStoreFile { file in
            try plainDatabase(at: file.path, "CREATE TABLE earlier (seq INTEGER PRIMARY KEY)")
            await #expect(throws: SQLiteOpenError.pragma(name: "auto_vacuum", value: "0")) { try await file.open() }
        }
    }
}
