/// A key to the API and the proxy; its secret is known to its holder only.
public struct APIKey: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "key_"

    /// The key's id, which also stands in the middle of the key's text.
    public let id: APIKeyID
    /// What its holder called it, 1 to 120 characters.
    public let name: String
    /// Test keys reach test applications only, live keys live ones only.
    public let mode: Mode
    /// What it may do.
    public let scopes: Set<Scope>
    /// The one seller it reaches; `nil` reaches all.
    public let seller: SellerID?
    /// HMAC-SHA-256 of the secret part under the keyring's pepper.
    public let secretHash: [UInt8]
    /// When it was made.
    public let createdAt: Timestamp
    /// From when on it is refused; `nil` never.
    public let expiresAt: Timestamp?
    /// When it was revoked; `nil` while it is not.
    public var revokedAt: Timestamp?

    /// Takes the fields as they were read or made.
    public init(
        id: APIKeyID, name: String, mode: Mode, scopes: Set<Scope>, seller: SellerID?, secretHash: [UInt8],
        createdAt: Timestamp, expiresAt: Timestamp?, revokedAt: Timestamp?
    ) {
        self.id = id
        self.name = name
        self.mode = mode
        self.scopes = scopes
        self.seller = seller
        self.secretHash = secretHash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }

    /// Whether the key counts at `moment`.
    public func isActive(at moment: Timestamp) -> Bool {
        revokedAt == nil && (expiresAt.map { moment < $0 } ?? true)
    }
}

/// The id of an API key: `key_…`.
public typealias APIKeyID = Identifier<APIKey>

/// What a key may do.
public enum Scope: String, Sendable, CaseIterable, Comparable {
    /// Read everything within reach, secrets never.
    case read
    /// Read through the proxy (`GET`).
    case proxyRead = "proxy:read"
    /// Write through the proxy.
    case proxyWrite = "proxy:write"
    /// Create and revoke onboarding links.
    case linksWrite = "links:write"
    /// Create and change sellers and their connections.
    case sellersAdmin = "sellers:admin"
    /// Create and change applications and their secrets.
    case applicationsAdmin = "applications:admin"
    /// Create and change endpoints, retry deliveries.
    case webhooks
    /// Create and revoke keys.
    case keys
    /// Read the audit.
    case audit

    /// Orders by the text.
    public static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
}

/// Who calls: a key that was found, active and of the right secret.
public struct Principal: Hashable, Sendable {
    /// The key that was presented.
    public let key: APIKeyID
    /// The world it reaches.
    public let mode: Mode
    /// What it may do.
    public let scopes: Set<Scope>
    /// The one seller it reaches; `nil` reaches all.
    public let seller: SellerID?

    /// What a key grants.
    public init(_ key: APIKey) {
        self.key = key.id
        mode = key.mode
        scopes = key.scopes
        seller = key.seller
    }

    /// Whether the seller lies within the key's reach.
    public func reaches(_ seller: SellerID) -> Bool {
        self.seller.map { $0 == seller } ?? true
    }
}
