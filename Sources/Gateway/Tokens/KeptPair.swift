/// A sealed pair outside its table: in the spool when the database refused it, in the journal when another pair won.
///
/// It names the connection that its parts are sealed for.
public struct KeptPair: Hashable, Sendable {
    /// The pair; its generation is the one that it would have been.
    public let tokens: StoredTokens

    /// Joins the parts, each behind its length.
    public var packed: [UInt8] {
        lengthPrefixed([
            tokens.connection.ulid.bytes, Self.bytes(Int64(tokens.generation)), tokens.access.bytes,
            tokens.refresh?.bytes ?? [], Self.bytes(tokens.issuedAt.milliseconds),
            Self.bytes(tokens.expiresAt.milliseconds),
        ])
    }

    /// Takes the pair.
    public init(_ tokens: StoredTokens) {
        self.tokens = tokens
    }

    /// Reads what ``packed`` wrote; bytes of another form give `nil`.
    public init?(packed: [UInt8]) {
        let parts = unprefixed(packed)
        guard parts.count == 6, let connection = ULID(bytes: parts[0]), let generation = Self.number(parts[1]),
            !parts[2].isEmpty, let issuedAt = Self.number(parts[4]), let expiresAt = Self.number(parts[5])
        else { return nil }
        tokens = StoredTokens(
            connection: ConnectionID(connection), generation: Int(generation),
            access: SealedSecret(bytes: parts[2]), refresh: parts[3].isEmpty ? nil : SealedSecret(bytes: parts[3]),
            issuedAt: Timestamp(milliseconds: issuedAt), expiresAt: Timestamp(milliseconds: expiresAt))
    }

    private static func bytes(_ number: Int64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    private static func number(_ bytes: [UInt8]) -> Int64? {
        guard bytes.count == 8 else { return nil }
        return Int64(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
