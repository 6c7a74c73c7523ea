/// Why a keyring can't be used or changed; says what to do and never quotes it.
public enum KeyRingError: Error, Hashable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case exists(path: String)
    case readableByOthers(path: String, mode: Int)
    case unreadable(path: String)
    case malformed(path: String)
    case weak(id: String)
    case notGiven(variable: String)
    case commandFailed(reason: String)
    case unknownKey(id: String, path: String)
    case currentKey(id: String)

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
        case .notGiven(let variable):
            "There is no keyring in \(variable). It is read once, at start: set it and start the gateway anew."
        case .commandFailed(let reason):
            "The command of keyring.command gave no keyring: \(reason). Run it by hand as the gateway's user."
        case .unknownKey(let id, let path): "The keyring \(path) has no key \(id). Nothing was changed."
        case .currentKey(let id):
            "The key \(id) is the current one. Rotate first: `enlace keyring rotate`, then retire it."
        }
    }
}
