import Foundation

/// The keyring as a file of mode 0600: JSON with the keys in Base64.
public struct KeyRingFile: Sendable {
    /// A key that was taken out of the file and can still be put back.
    public struct RetiredKey: Sendable {
        fileprivate let key: Secret<KeyRingContents.Key>
    }

    /// Where it lies.
    public let path: String

    /// Names the file; nothing is read yet.
    public init(path: String) {
        self.path = path
    }

    /// Makes a keyring of one key.
    ///
    /// An existing file is never touched.
    ///
    /// - Throws: ``KeyRingError/exists(path:)``, ``KeyRingError/unreadable(path:)``.
    public func create(clock: WallClock, random: RandomSource) throws(KeyRingError) {
        guard let bytes = KeyRingContents(clock: clock, random: random).json else { throw .unreadable(path: path) }
        switch NewPrivateFile.make(path, Array(bytes)) {
        case .made: return
        case .exists: throw .exists(path: path)
        case .failed: throw .unreadable(path: path)
        }
    }

    /// Reads and checks the keyring: mode, form, length and randomness of each key (SEC C3.4).
    ///
    /// - Throws: ``KeyRingError`` with what is wrong.
    public func read() throws(KeyRingError) -> KeyRing {
        try contents().contents.keyRing(from: path)
    }

    /// Adds a new key and makes it the current one; the others stay.
    ///
    /// - Returns: The new key's id.
    /// - Throws: ``KeyRingError``; then the file is as it was.
    public func rotate(clock: WallClock, random: RandomSource) throws(KeyRingError) -> String {
        try change { contents throws(KeyRingError) in contents.rotate(clock: clock, random: random) }
    }

    /// Takes a key out that is not the current one; whether anything needs it must have been asked before.
    ///
    /// - Throws: ``KeyRingError/currentKey(id:)``, ``KeyRingError/unknownKey(id:path:)``; then the file is as it was.
    public func retire(_ id: String) throws(KeyRingError) -> RetiredKey {
        try change { contents throws(KeyRingError) in
            RetiredKey(key: Secret(try contents.remove(id, from: path)))
        }
    }

    /// Puts a key back that was taken out; it does not become the current one.
    ///
    /// - Throws: ``KeyRingError``; then the file is as it was.
    public func putBack(_ retired: RetiredKey) throws(KeyRingError) {
        try change { contents throws(KeyRingError) in retired.key.reveal { contents.add($0) } }
    }

    // One change at a time, and at every instant the path names a whole keyring: the old one or the new one.
    private func change<Result>(
        _ body: (inout KeyRingContents) throws(KeyRingError) -> Result
    ) throws(KeyRingError) -> Result {
        // A link stays one: what it leads to is replaced.
        let target = URL(filePath: path).resolvingSymlinksInPath().path()
        let folder = open(
            URL(filePath: target).deletingLastPathComponent().path(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .unreadable(path: path) }
        defer { close(folder) }
        guard flock(folder, LOCK_EX) == 0 else { throw .unreadable(path: path) }
        var (contents, status) = try contents()
        let result = try body(&contents)
        _ = try contents.keyRing(from: path)
        guard let bytes = contents.json, Self.replaces(target, with: bytes, like: status), fsync(folder) == 0 else {
            throw .unreadable(path: path)
        }
        return result
    }

    private static func replaces(_ target: String, with bytes: Data, like status: stat) -> Bool {
        let new = target + ".new"
        // Left behind by a command that was killed; nobody else writes it, for the folder is locked.
        unlink(new)
        let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        // By root for the gateway's user: the file must stay the gateway's to read.
        let isItsOwners = fchown(file, status.st_uid, status.st_gid) == 0
        guard isItsOwners, fchmod(file, status.st_mode & 0o700) == 0, writes(bytes, to: file), rename(new, target) == 0
        else {
            unlink(new)
            return false
        }
        return true
    }

    private static func writes(_ bytes: Data, to file: Int32) -> Bool {
        bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count && fsync(file) == 0
    }

    private func contents() throws(KeyRingError) -> (contents: KeyRingContents, status: stat) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw errno == ENOENT ? .missing(path: path) : .unreadable(path: path) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unreadable(path: path) }
        guard status.st_mode & 0o077 == 0 else {
            throw .readableByOthers(path: path, mode: Int(status.st_mode & 0o777))
        }
        guard let bytes = try? handle.readToEnd() else { throw .unreadable(path: path) }
        return (try KeyRingContents(json: bytes, from: path), status)
    }
}
