/// Why a store did not do what it was asked.
public enum StoreError: Error, Hashable, Sendable {
    /// A promise of the data that a write would have broken.
    public enum Rule: String, Hashable, Sendable {
        /// Another row has this unique name: an external ref, a client id.
        case unique
        /// The version or generation that the caller read is no longer the newest.
        case stale
        /// Another seller's active connection holds the account.
        case accountTaken = "account_taken"
        /// The link was used, revoked or has expired.
        case linkNotOpen = "link_not_open"
        /// An open or unanswered post of this generation stands in the journal.
        case refreshOpen = "refresh_open"
        /// The code of this attempt was posted before.
        case exchangeOpen = "exchange_open"
        /// The idempotency key was used before.
        case idempotencyKey = "idempotency_key"
        /// Something still depends on what was to be removed.
        case inUse = "in_use"
        /// The payload is no longer kept.
        case payloadForgotten = "payload_forgotten"
        /// The state does not allow it.
        case state
    }

    /// No row has this id.
    case notFound
    /// A promise of the data stands against it; nothing was changed.
    case conflict(rule: Rule)
    /// Locked, full, read-only or closed: nothing was changed, a later try may succeed.
    case unavailable
    /// What was read can't be understood.
    case corrupted
}
