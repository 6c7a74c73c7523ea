public import Foundation

/// A new, empty folder that only this user may enter.
///
/// Whoever makes it removes it; see ``withTemporaryFolder(_:)``.
public func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "enlace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return folder
}

/// Lends a new folder to `body` and removes it with all that is in it.
public func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
