import Crypto
import Foundation

/// Why a keyring can't be used; says what to do and never quotes the file.
public enum KeyRingError: Error, Hashable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case exists(path: String)
    case readableByOthers(path: String, mode: Int)
    case unreadable(path: String)
    case malformed(path: String)
    case weak(id: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .missing(let path):
            "There is no keyring at \(path). Make one with `enlace keyring init`, or restore it from its backup."
        case .exists(let path):
            "There is a keyring at \(path) already. It is never overwritten: what it sealed would be lost."
        case .readableByOthers(let path, let mode):
            "The keyring \(path) can be read by others (mode \(String(mode, radix: 8))). Run `chmod 600 \(path)`."
        case .unreadable(let path): "The keyring \(path) can't be read or written. Check its owner and the disk."
        case .malformed(let path): "The keyring \(path) is not a keyring of this version. Restore it from its backup."
        case .weak(let id):
            "The key \(id) of the keyring is too short or not random. Never write one by hand: `enlace keyring init`."
        }
    }
}

/// The keyring as a file of mode 0600: JSON with the keys in Base64.
public struct KeyRingFile: Sendable {
    private struct Contents: Codable {
        struct Key: Codable {
            let id: String
            let createdAt: String
            let key: String
        }
        let version: Int
        let current: String
        let keys: [Key]
        let pepper: String
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
        let id = "krk_" + ULID(at: clock.now, random: random).description
        let contents = Contents(
            version: 1, current: id,
            keys: [
                .init(id: id, createdAt: clock.now.description, key: Data(random.bytes(32)).base64EncodedString())
            ],
            pepper: Data(random.bytes(32)).base64EncodedString())
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard var bytes = try? encoder.encode(contents) else { throw .unreadable(path: path) }
        bytes.append(0x0A)
        // O_EXCL, so that two commands at once can't overwrite each other's keyring.
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw errno == EEXIST ? .exists(path: path) : .unreadable(path: path)
        }
        defer { close(file) }
        let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(file) == 0 else { throw .unreadable(path: path) }
    }

    /// Reads and checks the keyring: mode, form, length and randomness of each key (SEC C3.4).
    ///
    /// - Throws: ``KeyRingError`` with what is wrong.
    public func read() throws(KeyRingError) -> KeyRing {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw errno == ENOENT ? .missing(path: path) : .unreadable(path: path) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unreadable(path: path) }
        guard status.st_mode & 0o077 == 0 else {
            throw .readableByOthers(path: path, mode: Int(status.st_mode & 0o777))
        }
        guard let bytes = try? handle.readToEnd() else { throw .unreadable(path: path) }
        guard let contents = try? JSONDecoder().decode(Contents.self, from: bytes), contents.version == 1 else {
            throw .malformed(path: path)
        }
        var keys: [String: SymmetricKey] = [:]
        for key in contents.keys { keys[key.id] = try Self.checked(key.key, id: key.id) }
        guard keys[contents.current] != nil else { throw .malformed(path: path) }
        return KeyRing(
            current: contents.current, keys: keys, pepper: try Self.checked(contents.pepper, id: "pepper"))
    }

    // 32 random bytes have about 30 different values; fewer than 16 is no accident.
    private static func checked(_ base64: String, id: String) throws(KeyRingError) -> SymmetricKey {
        guard let bytes = Data(base64Encoded: base64), bytes.count == 32, Set(bytes).count >= 16 else {
            throw .weak(id: id)
        }
        return SymmetricKey(data: bytes)
    }
}
