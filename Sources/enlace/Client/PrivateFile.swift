import Foundation
import Gateway

/// Why a file with a secret can't be used; never quotes it.
enum PrivateFileError: Error, Hashable, CustomStringConvertible {
    case missing(path: String)
    case exists(path: String)
    case readableByOthers(path: String, mode: Int)
    case unusable(path: String)

    /// What is wrong and what to do.
    var description: String {
        switch self {
        case .missing(let path): "There is no file \(path)."
        case .exists(let path): "There is a file \(path) already; it is not overwritten. Move it away first."
        case .readableByOthers(let path, let mode):
            "The file \(path) holds a secret and is open to others (mode \(String(mode, radix: 8))). "
                + "Run `chmod 600 \(path)`."
        case .unusable(let path): "The file \(path) can't be read or written as text. Check its owner and the disk."
        }
    }
}

/// A file with a secret in it: its owner's alone.
struct PrivateFile: Sendable {
    /// Where it lies.
    let path: String

    /// Reads the text, white space at both ends left out.
    ///
    /// - Throws: ``PrivateFileError``, also for a file that others may read or write; a pipe has no others.
    func read() throws(PrivateFileError) -> Secret<String> {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw errno == ENOENT ? .missing(path: path) : .unusable(path: path) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        // Of the file that was opened, whatever the path has come to name since.
        let opened = URL(filePath: "/proc/self/fd/\(file)").resolvingSymlinksInPath().path()
        let attributes = (try? FileManager.default.attributesOfItem(atPath: opened)) ?? [:]
        let mode = attributes[.posixPermissions] as? Int ?? 0
        guard attributes[.type] as? FileAttributeType != .typeRegular || mode & 0o077 == 0 else {
            throw .readableByOthers(path: path, mode: mode)
        }
        guard let bytes = try? handle.readToEnd() ?? Data(), let text = String(data: bytes, encoding: .utf8) else {
            throw .unusable(path: path)
        }
        return Secret(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Makes the file with mode 0600, whole or not at all; one that exists is never touched.
    ///
    /// - Throws: ``PrivateFileError/exists(path:)``, ``PrivateFileError/unusable(path:)``.
    func create(_ text: Secret<String>) throws(PrivateFileError) {
        switch text.reveal({ NewPrivateFile.make(path, Array($0.utf8)) }) {
        case .made: return
        case .exists: throw .exists(path: path)
        case .failed: throw .unusable(path: path)
        }
    }
}
