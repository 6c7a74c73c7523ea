import Crypto
import Synchronization

/// Remembers which presented texts were found to be right for which key, so that a call costs one hash and no HMAC.
///
/// What it holds stays true for ever: this text has that HMAC under the keyring's pepper. Whether the key lives is asked
/// each time. It holds hashes only, and of right texts only, so that guesses fill nothing.
final class CheckedKeys: Sendable {
    /// Most texts; beyond it, it starts anew.
    static let limit = 10_000

    /// What a right text stands for.
    struct Checked {
        let id: APIKeyID
        let mode: Mode
        /// The HMAC that it was right for.
        let secretHash: [UInt8]
    }

    private let known = Mutex<[SHA256Digest: Checked]>([:])

    /// The name under which a text is remembered.
    static func name(_ text: Substring) -> SHA256Digest {
        var text = text
        return text.withUTF8 { SHA256.hash(data: UnsafeRawBufferPointer($0)) }
    }

    /// What the text of that name stands for; `nil` for one that was not found to be right so far.
    func find(_ name: SHA256Digest) -> Checked? { known.withLock { $0[name] } }

    /// Remembers a text that was just found to be right.
    func keep(_ name: SHA256Digest, _ checked: Checked) {
        known.withLock { known in
            if known.count >= Self.limit { known = [:] }
            known[name] = checked
        }
    }
}
