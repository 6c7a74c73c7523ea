/// What is known of a connection, by evidence.
public struct ConnectionHealth: Hashable, Sendable {
    /// Where it stands.
    public let state: Connection.State
    /// Why it needs the shop owner again.
    public let reason: Connection.RelinkReason?
    /// When the tokens were last seen to work.
    public let lastProvedAt: Timestamp?
    /// What proved it.
    public let provedBy: String?
    /// When the access token dies.
    public let tokenExpiresAt: Timestamp?
    /// Whether it can be renewed without the shop owner.
    public let isRefreshable: Bool
    /// Whether a refresh went unanswered.
    public let isRefreshUncertain: Bool
    /// Until when calls are expected to work without the shop owner; `nil` when they don't, or while it is renewed.
    public let worksUntil: Timestamp?
}
