import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("A keyring file that is changed")
struct KeyRingChangeTests {
    private func withFile(_ test: (KeyRingFile) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let file = KeyRingFile(path: folder.appending(path: "enlace.keyring").path())
            try file.create(clock: .system, random: .system)
            try await test(file)
        }
    }

    private func mode(_ path: String) -> Int? {
        try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("by a rotation has a new current key, keeps the old ones, and hashes as before")
    func rotated() async throws {
        try await withFile { file in
            let before = try file.read()
            let id = try file.rotate(clock: .system, random: .system)
            let after = try file.read()
            #expect(after.current == id)
            #expect(after.ids == [before.current, id].sorted())
            #expect(after.hashing.mac("use", [1]) == before.hashing.mac("use", [1]))
            #expect(after.agrees(with: before) && before.agrees(with: after))
            #expect(after.createdAt(of: id) != nil)
        }
    }

    @Test("by many commands at once loses no key")
    func atOnce() async throws {
        try await withFile { file in
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try file.rotate(clock: .system, random: .system) } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            let ring = try file.read()
            #expect(ids.isSubset(of: ring.ids))
            #expect(ring.ids.count == 21)
        }
    }

    @Test("is never readable by others, not for an instant, and leaves nothing beside it")
    func neverReadable() async throws {
        try await withFile { file in
            let seen = try await withThrowingTaskGroup(of: Set<Int>.self) { group in
                group.addTask {
                    for _ in 0..<100 { _ = try file.rotate(clock: .system, random: .system) }
                    return []
                }
                group.addTask {
                    var seen: Set<Int> = []
                    while (try? file.read().ids.count) ?? 0 <= 100 {
                        for path in [file.path, file.path + ".new"] { if let mode = mode(path) { seen.insert(mode) } }
                    }
                    return seen
                }
                return try await group.reduce(into: Set<Int>()) { $0.formUnion($1) }
            }
            #expect(seen == [0o600])
            let folder = URL(filePath: file.path).deletingLastPathComponent().path()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["enlace.keyring"])
        }
    }

    @Test("keeps its mode, and a link to it stays a link")
    func modeAndLink() async throws {
        try await withFile { file in
            chmod(file.path, 0o400)
            let link = file.path + ".link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file.path)
            let id = try KeyRingFile(path: link).rotate(clock: .system, random: .system)
            #expect(mode(file.path) == 0o400)
            #expect(try file.read().current == id)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file.path)
        }
    }

    @Test("gives up an older key, not the current one, and takes it back")
    func retired() async throws {
        try await withFile { file in
            let first = try file.read().current
            #expect(throws: KeyRingError.currentKey(id: first)) { try file.retire(first) }
            let second = try file.rotate(clock: .system, random: .system)
            #expect(throws: KeyRingError.unknownKey(id: "krk_x", path: file.path)) { try file.retire("krk_x") }
            let before = try file.read()
            let key = try file.retire(first)
            #expect(try file.read().ids == [second])
            try file.putBack(key)
            try file.putBack(key)
            let again = try file.read()
            #expect(again.current == second && again.ids == before.ids && again.agrees(with: before))
        }
    }

    @Test("is refused as it lies when others can read it, and stays as it is")
    func refused() async throws {
        try await withFile { file in
            let before = try Data(contentsOf: URL(filePath: file.path))
            chmod(file.path, 0o644)
            #expect(throws: KeyRingError.readableByOthers(path: file.path, mode: 0o644)) {
                try file.rotate(clock: .system, random: .system)
            }
            #expect(try Data(contentsOf: URL(filePath: file.path)) == before)
        }
    }
}

@Suite("A keyring's source")
struct KeyRingSourceTests {
    /// A clock whose waits are over at once.
    private struct HurriedClock: Clock {
        var now: ContinuousClock.Instant { ContinuousClock().now }
        var minimumResolution: Duration { .zero }
        func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {}
    }

    private func error(_ words: [String], clock: any Clock<Duration> = ContinuousClock()) async -> KeyRingError? {
        do {
            _ = try await KeyRingSource.command(words).read(clock: clock)
            return nil
        } catch {
            return error
        }
    }

    @Test("that is a command gives what it prints, in JSON and in Base64", arguments: ["/bin/cat", "/usr/bin/base64"])
    func command(program: String) async throws {
        try await withTemporaryFolder { folder in
            let file = KeyRingFile(path: folder.appending(path: "enlace.keyring").path())
            try file.create(clock: .system, random: .system)
            let ring = try await KeyRingSource.command([program, file.path]).read(clock: ContinuousClock())
            #expect(try ring.agrees(with: file.read()))
            #expect(try ring.current == file.read().current)
        }
    }

    @Test("that is a command which fails, prints something else or is not there is refused")
    func failing() async throws {
        #expect(await error(["/bin/false"]) == .commandFailed(reason: "it ended with status 1"))
        #expect(await error(["/nowhere/keys"]) == .commandFailed(reason: "it can't be started"))
        #expect(await error([]) == .commandFailed(reason: "none is set"))
        guard case .malformed = await error(["/bin/echo", "{}"]) else {
            Issue.record("taken for a keyring")
            return
        }
    }

    @Test("that is a command which does not end is given up")
    func endless() async throws {
        let error = await error(["/bin/sleep", "600"], clock: HurriedClock())
        #expect(error == .commandFailed(reason: "it did not end within 10 seconds"))
    }
}
