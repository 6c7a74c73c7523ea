import Foundation
import Gateway
import TestSupport

/// A keyring that nothing was sealed with.
func testKeyRing() throws -> KeyRing {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = KeyRingFile(path: folder.appending(path: "enlace.keyring").path)
    try file.create(clock: .system, random: .system)
    return try file.read()
}
