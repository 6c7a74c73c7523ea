import Crypto

/// What the chain covers of an audit line, as bytes, so that nothing in a line can be read in two ways.
public struct AuditContent: Hashable, Sendable {
    private let parts: [[UInt8]]

    /// Takes the columns as they are stored; `seller` is the id, `at` is in milliseconds since 1970.
    public init(
        id: ULID, at: Int64, actor: [UInt8], action: [UInt8], subject: [UInt8], seller: ULID?, request: [UInt8]?
    ) {
        parts = [id.bytes, bigEndian(at), actor, action, subject, seller?.bytes ?? [], request ?? []]
    }

    /// Takes a line that is about to be stored.
    public init(_ entry: AuditEntry) {
        self.init(
            id: entry.id.ulid, at: entry.at.milliseconds, actor: Array(entry.actor.description.utf8),
            action: Array(entry.action.rawValue.utf8), subject: Array(entry.subject.utf8),
            seller: entry.seller?.ulid, request: entry.request.map { Array($0.utf8) })
    }

    /// SHA-256 over the hash of the line before and every field, each behind its length.
    public func hash(after previous: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: lengthPrefixed([previous] + parts)))
    }
}

/// A line of the audit with its place in the chain, whatever stands in it.
public struct AuditLine: Hashable, Sendable {
    /// Rises from line to line; the cursor of the next batch.
    public let position: Int64
    /// The line's id.
    public let id: Identifier<AuditEntry>
    /// What its hash covers.
    public let content: AuditContent
    /// The hash of the line before, and its own; `nil` on lines from before there was a chain.
    public let link: Link?

    /// The two hashes of a line.
    public struct Link: Hashable, Sendable {
        /// The hash of the line before; 32 zero bytes on the first.
        public let previous: [UInt8]
        /// The line's own.
        public let hash: [UInt8]

        /// Takes both.
        public init(previous: [UInt8], hash: [UInt8]) {
            self.previous = previous
            self.hash = hash
        }
    }

    /// Takes the fields as they were read.
    public init(position: Int64, id: Identifier<AuditEntry>, content: AuditContent, link: Link?) {
        self.position = position
        self.id = id
        self.content = content
        self.link = link
    }
}

/// Where the chain ends, written in the transaction of each line, so that a chain cut short is noticed.
public struct AuditHead: Hashable, Sendable {
    /// What stands for the hash of the line before the first.
    public static let start = [UInt8](repeating: 0, count: 32)

    /// How many lines are older than the chain.
    public let unchained: Int
    /// How many lines the chain has.
    public let chained: Int
    /// The newest line's hash; 32 zero bytes before the first.
    public let hash: [UInt8]
    /// The seal over the three, see ``AuditSeal``.
    public let mac: [UInt8]

    /// Takes the fields as they were read.
    public init(unchained: Int, chained: Int, hash: [UInt8], mac: [UInt8]) {
        self.unchained = unchained
        self.chained = chained
        self.hash = hash
        self.mac = mac
    }
}

/// Seals the chain's head with a key that is not in the database.
///
/// Whoever can write to the file can compute every hash anew, but not this. A store is given it when it is opened and
/// sees no key.
public struct AuditSeal: Sendable {
    private static let use = "audit-head"
    private let code: @Sendable (_ head: [UInt8]) -> [UInt8]

    /// Seals by a function whose answer has 32 bytes.
    public init(code: @escaping @Sendable (_ head: [UInt8]) -> [UInt8]) {
        self.code = code
    }

    /// Seals under the keyring's pepper.
    public init(_ keyRing: KeyRing) {
        let hashing = keyRing.hashing
        self.init { hashing.mac(Self.use, $0) }
    }

    /// The seal of a head.
    public func mac(unchained: Int, chained: Int, hash: [UInt8]) -> [UInt8] {
        code(lengthPrefixed([bigEndian(Int64(unchained)), bigEndian(Int64(chained)), hash]))
    }

    /// Whether a head has its seal, compared in constant time.
    public func holds(_ head: AuditHead) -> Bool {
        isSameDigest(head.mac, mac(unchained: head.unchained, chained: head.chained, hash: head.hash))
    }
}

private func bigEndian(_ number: Int64) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
}
