import Foundation

/// Makes files that are their owner's alone and, whenever the process dies, there whole or not at all.
public enum NewPrivateFile {
    /// What came of it.
    public enum Outcome: Sendable {
        /// It is there, synced, mode 0600.
        case made
        /// There was one, which is untouched.
        case exists
        /// The folder or the disk refuses.
        case failed
    }

    /// Makes one.
    public static func make(_ path: String, _ bytes: [UInt8]) -> Outcome {
        let new = "\(path).\(getpid()).new"
        unlink(new)
        let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return access(path, F_OK) == 0 ? .exists : .failed }
        defer {
            close(file)
            unlink(new)
        }
        let isWritten = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count
        guard isWritten, fsync(file) == 0 else { return .failed }
        // Unlike a rename, a link never takes the place of what is there already.
        guard link(new, path) == 0 else { return errno == EEXIST ? .exists : .failed }
        return syncFolder(of: path) ? .made : .failed
    }

    private static func syncFolder(of path: String) -> Bool {
        let folder = open(
            URL(filePath: path).deletingLastPathComponent().path(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        return fsync(folder) == 0
    }
}
