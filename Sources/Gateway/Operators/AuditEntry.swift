/// Who did something.
public enum Actor: Hashable, Sendable, LosslessStringConvertible {
    /// The holder of a key.
    case key(APIKeyID)
    /// A shop owner on a hosted page, by the link that was opened.
    case shopOwner(OnboardingLinkID)
    /// A shop owner on the status page of a seller.
    case statusPage(SellerID)
    /// A command on the machine itself, such as `enlace init`.
    case command
    /// The gateway by itself.
    case gateway

    /// The form that is stored and shown.
    public var description: String {
        switch self {
        case .key(let id): id.description
        case .shopOwner(let link): link.description
        case .statusPage(let seller): seller.description
        case .command: "command"
        case .gateway: "gateway"
        }
    }

    /// Reads that form; anything else gives `nil`.
    public init?(_ text: String) {
        if let key = APIKeyID(text) {
            self = .key(key)
        } else if let link = OnboardingLinkID(text) {
            self = .shopOwner(link)
        } else if let seller = SellerID(text) {
            self = .statusPage(seller)
        } else {
            switch text {
            case Actor.command.description: self = .command
            case Actor.gateway.description: self = .gateway
            default: return nil
            }
        }
    }
}

/// What was done, a closed set.
public enum AuditAction: String, Sendable, CaseIterable {
    case applicationCreated = "application.created"
    case applicationUpdated = "application.updated"
    case applicationRemoved = "application.removed"
    case applicationSecretAdded = "application.secret_added"
    case applicationRefreshStopped = "application.refresh_stopped"
    case applicationRefreshResumed = "application.refresh_resumed"
    case applicationGrantsAdopted = "application.grants_adopted"
    case testUserCreated = "test_user.created"
    case keyCreated = "key.created"
    case keyRevoked = "key.revoked"
    case sellerCreated = "seller.created"
    case sellerUpdated = "seller.updated"
    case sellerDisabled = "seller.disabled"
    case sellerEnabled = "seller.enabled"
    case sellerErased = "seller.erased"
    case sellerExported = "seller.exported"
    case linkCreated = "link.created"
    case linkRevoked = "link.revoked"
    case linkStateRefused = "link.state_refused"
    case linkDenied = "link.denied"
    case linkAccountRefused = "link.account_refused"
    case linkFailed = "link.failed"
    case linkRequested = "link.requested"
    case statusLinkCreated = "status_link.created"
    case connectionLinked = "connection.linked"
    case connectionConfirmed = "connection.confirmed"
    case connectionImported = "connection.imported"
    case connectionRevoked = "connection.revoked"
    case connectionRefreshed = "connection.refreshed"
    case connectionNeedsRelink = "connection.needs_relink"
    case connectionRepaired = "connection.repaired"
    case webhookRegistered = "webhook.registered"
    case terminalModeSet = "terminal.mode_set"
    case endpointCreated = "endpoint.created"
    case endpointUpdated = "endpoint.updated"
    case endpointRemoved = "endpoint.removed"
    case endpointSecretRotated = "endpoint.secret_rotated"
    case endpointActivated = "endpoint.activated"
    case endpointDisabled = "endpoint.disabled"
    case endpointTested = "endpoint.tested"
    case eventReplayed = "event.replayed"
    case deliveryRetried = "delivery.retried"
    case deliveryCanceled = "delivery.canceled"
    case jobCreated = "job.created"
    case jobCanceled = "job.canceled"
    case payloadRead = "payload.read"
    case auditExported = "audit.exported"
    case keyringReloaded = "keyring.reloaded"
    case keyringRotated = "keyring.rotated"
    case keyringKeyRetired = "keyring.key_retired"
    case backupCreated = "backup.created"
    case backupRestored = "backup.restored"
    case deliveriesReleased = "deliveries.released"
    case panicBegun = "panic.begun"
    case panicInvited = "panic.invited"
    case panicEnded = "panic.ended"
}

extension LinkAttempt.Outcome {
    /// What is written down where an attempt ends without a connection; `nil` where the connection's own line tells.
    var action: AuditAction? {
        switch self {
        case .linked, .undone: nil
        case .denied: .linkDenied
        case .accountMismatch, .accountTaken, .unsupportedSite: .linkAccountRefused
        case .exchangeFailed, .accountUnreadable, .sellerDisabled: .linkFailed
        }
    }
}

/// One line of the audit, written in the transaction that it is about.
public struct AuditEntry: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "aud_"

    /// The line's id.
    public let id: Identifier<AuditEntry>
    /// When it was done.
    public let at: Timestamp
    /// Who did it.
    public let actor: Actor
    /// What was done.
    public let action: AuditAction
    /// The id of what it was done to.
    public let subject: String
    /// The seller it concerns, if one.
    public let seller: SellerID?
    /// The request that asked for it.
    public let request: String?

    /// Takes the fields as they were made.
    public init(
        id: Identifier<AuditEntry>, at: Timestamp, actor: Actor, action: AuditAction, subject: String,
        seller: SellerID?, request: String?
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.action = action
        self.subject = subject
        self.seller = seller
        self.request = request
    }
}
