import Foundation

/// The two files that the simulator leaves for others to find it.
struct SandboxFiles: Sendable {
    private let folder: URL

    /// Names the folder, which need not exist yet.
    init(folder: String) {
        self.folder = URL(filePath: folder, directoryHint: .isDirectory).absoluteURL
    }

    private var authority: URL { folder.appending(path: "ca.pem") }
    private var addresses: URL { folder.appending(path: "sandbox.json") }

    /// Writes `ca.pem` and removes the address file of an earlier run, so that nobody reads a stale one.
    func writeAuthority(_ pem: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try? FileManager.default.removeItem(at: addresses)
        try Data(pem.utf8).write(to: authority, options: .atomic)
    }

    /// Writes `sandbox.json`; a reader sees all of it or nothing.
    func writeAddresses(_ origins: Origins) throws {
        let json: JSON = [
            "api": .string(origins.api), "authorization": .string(origins.pages), "login": .string(origins.login),
            "sim": .string(origins.pages + "/_sim"), "ca_file": .string(authority.path()),
            "pid": .int(Int64(ProcessInfo.processInfo.processIdentifier)),
        ]
        try Data((json.text + "\n").utf8).write(to: addresses, options: .atomic)
    }
}
