import Foundation
import Synchronization

/// Why the list of erased data keys can't be used; says what to do.
public enum ErasureListError: Error, Hashable, Sendable, CustomStringConvertible {
    case unusable(path: String)
    case readableByOthers(path: String, mode: Int)
    case malformed(path: String, line: Int)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unusable(let path):
            "The list of erased data keys \(path) can't be read or written. Check its owner and the disk."
        case .readableByOthers(let path, let mode):
            "The list of erased data keys \(path) is open to others (mode \(String(mode, radix: 8))). "
                + "Run `chmod 600 \(path)`."
        case .malformed(let path, let line):
            "Line \(line) of \(path) is no data key's id. Restore the file from its newest copy, and leave no line out."
        }
    }
}

/// The data keys that were destroyed, in a file of mode 0600 that lies apart from the database: an id a line.
///
/// A line is on the disk before the key goes, so that a restored backup, or a process that died in between, can't bring
/// it back. Lines are only ever added.
public final class ErasureList: Sendable {
    /// Where it lies.
    public let path: String
    private let gate = Mutex(())

    /// Names the file; nothing is read yet.
    public init(path: String) {
        self.path = path
    }

    /// The ids on the list, none where there is no file yet; a last line that was cut short does not count.
    ///
    /// - Throws: ``ErasureListError``: going on without a line would bring back what was destroyed.
    public func read() throws(ErasureListError) -> [ULID] {
        try gate.withLock { _ throws(ErasureListError) in
            guard let file = try opened(O_RDONLY) else { return [] }
            defer { close(file) }
            return try ids(in: try contents(of: file)).ids
        }
    }

    /// Adds ids that are not on the list yet; they are on the disk when this returns.
    public func append(_ ids: [ULID]) throws(ErasureListError) {
        try gate.withLock { _ throws(ErasureListError) in
            guard let file = try opened(O_RDWR | O_CREAT) else { throw .unusable(path: path) }
            defer { close(file) }
            let (known, length) = try self.ids(in: try contents(of: file))
            let new = ids.filter { !known.contains($0) }
            guard !new.isEmpty else { return }
            let bytes = Array(new.map { "\($0)\n" }.joined().utf8)
            // What a crash cut short is overwritten, so that no line is ever half another one's.
            let isWritten =
                ftruncate(file, off_t(length)) == 0
                && pwrite(file, bytes, bytes.count, off_t(length)) == bytes.count && fsync(file) == 0
            guard isWritten, syncFolder() else { throw .unusable(path: path) }
        }
    }

    private func opened(_ flags: Int32) throws(ErasureListError) -> Int32? {
        let file = open(path, flags | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            guard errno == ENOENT, flags & O_CREAT == 0 else { throw .unusable(path: path) }
            return nil
        }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & 0o077 == 0 else {
            close(file)
            throw .readableByOthers(path: path, mode: Int(status.st_mode & 0o777))
        }
        return file
    }

    private func contents(of file: Int32) throws(ErasureListError) -> Data {
        guard let bytes = try? FileHandle(fileDescriptor: file, closeOnDealloc: false).readToEnd() ?? Data() else {
            throw .unusable(path: path)
        }
        return bytes
    }

    private func ids(in bytes: Data) throws(ErasureListError) -> (ids: [ULID], length: Int) {
        let newline = UInt8(ascii: "\n")
        let length = (bytes.lastIndex(of: newline) ?? -1) + 1
        var ids: [ULID] = []
        let lines = bytes.prefix(length).split(separator: newline, omittingEmptySubsequences: true)
        for (index, line) in lines.enumerated() {
            guard let id = ULID(String(decoding: line, as: UTF8.self)) else {
                throw .malformed(path: path, line: index + 1)
            }
            ids.append(id)
        }
        return (ids, length)
    }

    // A file that was just made is found again after a power cut only once its folder is synced.
    private func syncFolder() -> Bool {
        let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        return fsync(folder) == 0
    }
}
