import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("A keyring file")
struct KeyRingFileTests {
    private func path() throws -> String { try temporaryFolder().appending(path: "enlace.keyring").path }

    @Test("is made for its owner alone and read back")
    func made() throws {
        let file = KeyRingFile(path: try path())
        try file.create(clock: .system, random: .system)
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let ring = try file.read()
        #expect(ring.ids == [ring.current])
    }

    @Test("is never overwritten")
    func exists() throws {
        let file = KeyRingFile(path: try path())
        try file.create(clock: .system, random: .system)
        let before = try Data(contentsOf: URL(fileURLWithPath: file.path))
        #expect(throws: KeyRingError.exists(path: file.path)) { try file.create(clock: .system, random: .system) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == before)
    }

    @Test("is refused when missing, readable by others, malformed or weak")
    func refused() throws {
        let file = KeyRingFile(path: try path())
        #expect(throws: KeyRingError.missing(path: file.path)) { try file.read() }
        try file.create(clock: .system, random: .system)
        chmod(file.path, 0o640)
        #expect(throws: KeyRingError.readableByOthers(path: file.path, mode: 0o640)) { try file.read() }
        let zeroes = Data(count: 32).base64EncodedString()
        let weak = #"{"version":1,"current":"a","keys":[{"id":"a","createdAt":"","key":"\#(zeroes)"}],"pepper":""}"#
        try Data(weak.utf8).write(to: URL(fileURLWithPath: file.path))
        chmod(file.path, 0o600)
        #expect(throws: KeyRingError.weak(id: "a")) { try file.read() }
        try Data("{}".utf8).write(to: URL(fileURLWithPath: file.path))
        #expect(throws: KeyRingError.malformed(path: file.path)) { try file.read() }
    }

    @Test("is refused with a sequence, with text and with a key that is the pepper too")
    func handWritten() throws {
        let file = KeyRingFile(path: try path())
        let random = RandomSource.system.bytes(32)
        let text = [UInt8]("correct horse battery staple 123".utf8)
        for (key, pepper) in [([UInt8](0..<32), random), (text, random), (random, random)] {
            let (key, pepper) = (Data(key).base64EncodedString(), Data(pepper).base64EncodedString())
            let keys = #"[{"id":"a","createdAt":"","key":"\#(key)"}]"#
            let contents = #"{"version":1,"current":"a","keys":\#(keys),"pepper":"\#(pepper)"}"#
            try Data(contents.utf8).write(to: URL(fileURLWithPath: file.path))
            chmod(file.path, 0o600)
            #expect(throws: KeyRingError.weak(id: "a")) { try file.read() }
        }
    }
}
