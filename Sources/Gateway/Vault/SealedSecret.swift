/// A sealed value as the stores keep it: header, nonce, ciphertext and tag; opens only in its own place.
public struct SealedSecret: Hashable, Sendable {
    /// The whole stored form, from magic number to tag.
    public let bytes: [UInt8]

    /// Takes the stored form as it was read; whether it opens is found out by ``Vault``.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// What a sealed value is for; part of what binds it to its place.
///
/// Constants, never an SQL name.
public enum SealPurpose: String, Sendable {
    case accessToken = "access-token"
    case refreshToken = "refresh-token"
    case clientSecret = "client-secret"
    case webhookSecret = "webhook-secret"
    case integratorToken = "integrator-token"
    case previousWebhook = "previous-webhook"
    case pkceVerifier = "pkce-verifier"
    case endpointSecret = "endpoint-secret"
    case notification = "notification"
    case eventBody = "event-body"
    case provenBody = "proven-body"
    case answerExcerpt = "answer-excerpt"
    case testUserPassword = "test-user-password"
    case canary = "canary"
}

/// Whose data key seals a value.
public enum DataKeyOwner: Hashable, Sendable {
    /// What belongs to one seller: it stops opening when the seller is erased.
    case seller(SellerID)
    /// What belongs to the installation: application secrets, link attempts, parked notifications.
    case installation
}

/// A data key as the stores keep it: wrapped by a key of the keyring.
public struct WrappedDataKey: Hashable, Sendable {
    /// The data key's own id.
    public let id: ULID
    /// Whose values it seals.
    public let owner: DataKeyOwner
    /// The keyring key that wraps it.
    public let keyringKey: String
    /// The wrapped 32 bytes with nonce and tag.
    public let wrapped: [UInt8]
    /// When it was made.
    public let createdAt: Timestamp

    /// Takes the stored fields as they were read or made.
    public init(id: ULID, owner: DataKeyOwner, keyringKey: String, wrapped: [UInt8], createdAt: Timestamp) {
        self.id = id
        self.owner = owner
        self.keyringKey = keyringKey
        self.wrapped = wrapped
        self.createdAt = createdAt
    }
}
