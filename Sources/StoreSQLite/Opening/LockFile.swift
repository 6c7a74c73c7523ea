import Foundation
import Synchronization

/// Keeps a second process from writing to the same database (DESIGN §10).
///
/// The lock is the kernel's: it goes with the process, however that ends. The file keeps the holder's process id.
final class LockFile: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Takes the lock.
    ///
    /// - Throws: ``SQLiteOpenError/locked(pid:)`` naming the holder; ``SQLiteOpenError/unusable(path:)``.
    init(path: String) throws(SQLiteOpenError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var bytes = [UInt8](repeating: 0, count: 16)
            let count = read(descriptor, &bytes, bytes.count)
            close(descriptor)
            let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            throw .locked(pid: Int32(text.prefix { $0.isNumber }) ?? 0)
        }
        let pid = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, pid, pid.count, 0) == pid.count else {
            close(descriptor)
            throw .unusable(path: path)
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Gives the lock back; nothing happens the second time.
    ///
    /// By word, since closing alone is not enough: a child that is between fork and exec still has the descriptor open.
    func release() {
        descriptor.withLock { descriptor in
            if let held = descriptor {
                flock(held, LOCK_UN)
                close(held)
            }
            descriptor = nil
        }
    }
}
