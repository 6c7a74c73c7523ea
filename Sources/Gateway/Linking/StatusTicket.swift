/// What the path of a status page says: whose page, of which mode's connections, and until when.
///
/// 25 bytes of content and 32 of HMAC-SHA-256 under a use of the keyring's own, in Base64url. Nothing is stored: that
/// it verifies is all there is to it, so it can't be taken back and lives a short while.
struct StatusTicket: Hashable, Sendable {
    private static let use = "status-page"

    let seller: SellerID
    let mode: Mode
    let expiresAt: Timestamp

    init(seller: SellerID, mode: Mode, expiresAt: Timestamp) {
        self.seller = seller
        self.mode = mode
        self.expiresAt = expiresAt
    }

    /// Reads what ``text(_:)`` wrote with this keyring; anything else gives `nil`.
    init?(_ text: String, _ hashing: KeyedHash) {
        guard let raw = bytes(base64URL: text), raw.count == 57 else { return nil }
        let content = Array(raw[..<25])
        guard hashing.isMAC(Array(raw[25...]), Self.use, content), let seller = ULID(bytes: content[..<16]) else {
            return nil
        }
        self.seller = SellerID(seller)
        expiresAt = Timestamp(milliseconds: content[16..<24].reduce(0) { $0 << 8 | Int64($1) })
        mode = content[24] == 1 ? .live : .test
    }

    /// The path's last part, 76 characters.
    func text(_ hashing: KeyedHash) -> String {
        let end = withUnsafeBytes(of: expiresAt.milliseconds.bigEndian) { Array($0) }
        let content = seller.ulid.bytes + end + [mode == .live ? 1 : 0]
        return base64URL(content + hashing.mac(Self.use, content))
    }
}
