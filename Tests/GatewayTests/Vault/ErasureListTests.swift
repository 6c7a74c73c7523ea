import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("The list of erased data keys")
struct ErasureListTests {
    private let ids = IdentifierSource(clock: .system, random: .system)

    @Test("is empty where there is no file, and keeps each id once, in a file of its owner's alone")
    func append() async throws {
        try await withTemporaryFolder { folder in
            let list = ErasureList(path: folder.appending(path: "enlace.erased").path)
            #expect(try list.read() == [])
            let (first, second) = (ids.ulid(), ids.ulid())
            try list.append([first])
            try list.append([first, second])
            #expect(try list.read() == [first, second])
            let attributes = try FileManager.default.attributesOfItem(atPath: list.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("takes a line that a crash cut short for none, and writes over it")
    func torn() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "enlace.erased")
            let list = ErasureList(path: file.path)
            let (first, second) = (ids.ulid(), ids.ulid())
            try list.append([first])
            let handle = try FileHandle(forWritingTo: file)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("01JZ8Q".utf8))
            try handle.close()
            #expect(try list.read() == [first])
            try list.append([second])
            #expect(try list.read() == [first, second])
        }
    }

    @Test("refuses a line that is no id, and a file that others can read")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "enlace.erased")
            let list = ErasureList(path: file.path)
            try list.append([ids.ulid()])
            try Data("no id\n".utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
            #expect(throws: ErasureListError.malformed(path: file.path, line: 1)) { try list.read() }
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
            #expect(throws: ErasureListError.readableByOthers(path: file.path, mode: 0o640)) { try list.read() }
        }
    }
}
