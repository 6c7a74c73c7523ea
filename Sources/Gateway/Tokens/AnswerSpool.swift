import Foundation

/// Where an answer of the token endpoint goes when the database refuses it: one small file a post, of a refresh token or
/// of a code.
///
/// Its place is made, filled and synced, file and folder, before the post, so that a full disk is found out while
/// nothing is lost yet (invariant 4). What is in it is sealed.
public struct AnswerSpool: Sendable {
    /// The spool can't be written to just now.
    public struct Unavailable: Error {}

    /// Bytes of each place; a sealed pair needs about a kilobyte.
    static let size = 8 << 10
    private let folder: String

    /// Names the folder, mode 0700; made when it is missing.
    public init(folder: String) {
        self.folder = folder
    }

    /// Makes the place for one answer.
    func reserve(_ entry: ULID) throws(Unavailable) {
        makeFolder()
        let file = open(path(entry), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Unavailable() }
        defer { close(file) }
        let zeros = [UInt8](repeating: 0, count: Self.size)
        guard write(file, zeros, zeros.count) == zeros.count, fsync(file) == 0, syncFolder() else {
            unlink(path(entry))
            throw Unavailable()
        }
    }

    /// Writes a sealed answer into its place and syncs it.
    func keep(_ answer: [UInt8], for entry: ULID) throws(Unavailable) {
        let bytes = lengthPrefixed([answer])
        guard bytes.count <= Self.size else { throw Unavailable() }
        let file = open(path(entry), O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw Unavailable() }
        defer { close(file) }
        guard pwrite(file, bytes, bytes.count, 0) == bytes.count, fsync(file) == 0 else { throw Unavailable() }
    }

    /// The sealed answer of a post; `nil` where none was written.
    func answer(of entry: ULID) -> [UInt8]? {
        guard let bytes = FileManager.default.contents(atPath: path(entry)) else { return nil }
        // Zeros follow the answer.
        let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, bytes.count >= 4 + length else { return nil }
        return unprefixed(Array(bytes.prefix(4 + length))).first
    }

    /// Gives a place back.
    func release(_ entry: ULID) {
        unlink(path(entry))
        _ = syncFolder()
    }

    /// The posts that have a place.
    func entries() -> [ULID] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap { ULID($0) }.sorted()
    }

    /// Whether a place could be made now; tried with a file that is no place.
    func isUsable() -> Bool {
        makeFolder()
        let path = folder + "/check"
        let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer {
            close(file)
            unlink(path)
        }
        let zeros = [UInt8](repeating: 0, count: Self.size)
        return write(file, zeros, zeros.count) == zeros.count && fsync(file) == 0 && syncFolder()
    }

    // One by one: folders that are made on the way take the mode of the process.
    private func makeFolder() {
        for folder in [URL(filePath: folder).deletingLastPathComponent().path(), folder] {
            try? FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        }
    }

    private func path(_ entry: ULID) -> String { "\(folder)/\(entry)" }

    private func syncFolder() -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}
