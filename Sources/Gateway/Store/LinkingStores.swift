/// Keeps onboarding links and attempts.
///
/// Every method is one transaction.
public protocol LinkStore: Sendable {
    /// Adds a link.
    func add(_ link: OnboardingLink, as change: Change) async throws(StoreError)
    /// The link with this id, or `nil`.
    func link(_ id: OnboardingLinkID) async throws(StoreError) -> OnboardingLink?
    /// The link whose token has this SHA-256, or `nil`.
    func link(tokenHash: [UInt8]) async throws(StoreError) -> OnboardingLink?
    /// One page of a seller's links, newest first.
    func links(of seller: SellerID, page: Page) async throws(StoreError) -> [OnboardingLink]
    /// Revokes an open link.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `link_not_open`.
    func revoke(_ link: OnboardingLinkID, as change: Change) async throws(StoreError)
    /// Writes down that a shop owner asked for another link, and records the event that tells of it.
    ///
    /// Once in the life of a link: `false`, and nothing is written, when it was asked before.
    func ask(
        _ link: OnboardingLinkID, at moment: Timestamp, event: EventDraft, as change: Change
    ) async throws(StoreError) -> Bool
    /// Keeps an attempt; the link stays open. The event is recorded with the link's first attempt only.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `link_not_open` when the link isn't open at `createdAt`.
    func begin(_ attempt: LinkAttempt, event: EventDraft?) async throws(StoreError)
    /// Consumes the attempt with this `state` by one conditional statement, and answers it as it now is.
    ///
    /// `nil` when it is unknown, consumed, expired at `moment`, or its link is not open. The time is checked in the
    /// statement itself (SEC C1.1). It is consumed whatever the cookie, so that a stolen `state` is burnt (SEC C1.2).
    func consumeAttempt(stateHash: [UInt8], at moment: Timestamp) async throws(StoreError) -> LinkAttempt?
    /// Ends an attempt and records an event about it; without a change where another one told of it.
    func finish(
        _ attempt: LinkAttemptID, outcome: LinkAttempt.Outcome, connection: ConnectionID?, event: EventDraft?,
        as change: Change?
    ) async throws(StoreError)
    /// Keeps the masked name of the account that an attempt is refused for.
    func note(refusedAccount name: String, of attempt: LinkAttemptID) async throws(StoreError)
    /// The attempt with this id, or `nil`.
    func attempt(_ id: LinkAttemptID) async throws(StoreError) -> LinkAttempt?
    /// The newest attempt by the browser with this cookie that began at `since` or later, or `nil`.
    func attempt(cookieHash: [UInt8], since: Timestamp) async throws(StoreError) -> LinkAttempt?
    /// Removes attempts that began earlier, with verifier and journal row, at most 1,000; answers how many.
    ///
    /// One whose exchange is not finished stays.
    func forgetAttempts(startedBefore moment: Timestamp) async throws(StoreError) -> Int
}

extension LinkStore {
    /// Keeps an attempt of which there is nothing to tell.
    public func begin(_ attempt: LinkAttempt) async throws(StoreError) { try await begin(attempt, event: nil) }

    /// Ends an attempt of which there is nothing to tell.
    public func finish(
        _ attempt: LinkAttemptID, outcome: LinkAttempt.Outcome, connection: ConnectionID?, as change: Change?
    ) async throws(StoreError) {
        try await finish(attempt, outcome: outcome, connection: connection, event: nil, as: change)
    }
}

/// Which connections a list shows; `nil` does not narrow it.
public struct ConnectionFilter: Hashable, Sendable {
    /// Only this seller's.
    public var seller: SellerID?
    /// Only this application's.
    public var application: ApplicationID?
    /// Only those in one of these states.
    public var states: Set<Connection.State>?
    /// Only those that are held after an import, or only those that are not.
    public var refreshHeld: Bool?

    /// Narrows nothing until told.
    public init(
        seller: SellerID? = nil, application: ApplicationID? = nil, states: Set<Connection.State>? = nil,
        refreshHeld: Bool? = nil
    ) {
        self.seller = seller
        self.application = application
        self.states = states
        self.refreshHeld = refreshHeld
    }
}

/// Keeps connections.
///
/// Every method is one transaction.
public protocol ConnectionStore: Sendable {
    /// Adds a connection with its first pair; with an attempt, its link becomes `used` and the attempt `linked`.
    ///
    /// Events about it are recorded in the same transaction, in their order. Of the seller's connections with the same
    /// application one that awaits confirmation becomes `revoked` as `replaced` and its tokens go; so does the one in
    /// use, unless the new one awaits confirmation itself.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `account_taken` when another seller's active connection holds
    ///   (account, application), with `link_not_open` when the link was used meanwhile.
    func establish(
        _ connection: Connection, tokens: StoredTokens, finishing attempt: LinkAttemptID?, events: [EventDraft],
        as change: Change
    ) async throws(StoreError)
    /// Moves a connection from `awaiting_confirmation` to `configuring`; the one that was in use becomes `revoked` as
    /// `replaced`.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` when it awaits none.
    func confirm(_ connection: ConnectionID, events: [EventDraft], as change: Change) async throws(StoreError)
    /// At most `limit` connections that have awaited confirmation since then or longer, oldest first.
    func unconfirmed(since moment: Timestamp, limit: Int) async throws(StoreError) -> [Connection]
    /// Notes that the provider said at `moment` that a connection's permission was taken back.
    ///
    /// Nothing is noted for one that is not active or was linked in a later second: the message is about an earlier
    /// link.
    func noteDeauthorization(of connection: ConnectionID, at moment: Timestamp) async throws(StoreError)
    /// At most `limit` active connections of which that was noted.
    func deauthorized(limit: Int) async throws(StoreError) -> [Connection]
    /// Forgets what was noted at `moment`; anything that was noted since stays.
    func forgetDeauthorization(of connection: ConnectionID, at moment: Timestamp) async throws(StoreError)
    /// The connection with this id, or `nil`.
    func connection(_ id: ConnectionID) async throws(StoreError) -> Connection?
    /// One page of connections, newest first.
    func connections(_ filter: ConnectionFilter, page: Page) async throws(StoreError) -> [Connection]
    /// The active connection of an account with an application, or `nil`.
    func activeConnection(
        of user: UpstreamUserID, with application: ApplicationID
    ) async throws(StoreError) -> Connection?
    /// Those `linked` or `needs_relink` with notifications parked for their account and application since then.
    func connections(parkedSince since: Timestamp) async throws(StoreError) -> [Connection]
    /// Replaces what may change, records an event about it, and counts the version up.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `stale` when `version` is no longer the newest.
    func update(_ connection: Connection, event: EventDraft?, as change: Change?) async throws(StoreError)
    /// Moves a connection to `revoked` and destroys its tokens and integrator token.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` when it is not active, with
    ///   `stale` when a version is given that is no longer the newest.
    func revoke(
        _ connection: ConnectionID, ifVersion version: Int?, _ revocation: Revocation, event: EventDraft?,
        as change: Change
    ) async throws(StoreError)
    /// How many active connections of an application are held after an import.
    func heldConnections(of application: ApplicationID) async throws(StoreError) -> Int
    /// Ends the hold of all imported connections of an application.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` when none is held.
    func releaseHolds(of application: ApplicationID, as change: Change) async throws(StoreError)
}

extension ConnectionStore {
    /// Adds a connection of which there is nothing to tell yet.
    public func establish(
        _ connection: Connection, tokens: StoredTokens, finishing attempt: LinkAttemptID?, as change: Change
    ) async throws(StoreError) {
        try await establish(connection, tokens: tokens, finishing: attempt, events: [], as: change)
    }

    /// Adds a connection of which there is at most one thing to tell.
    public func establish(
        _ connection: Connection, tokens: StoredTokens, finishing attempt: LinkAttemptID?, event: EventDraft?,
        as change: Change
    ) async throws(StoreError) {
        try await establish(
            connection, tokens: tokens, finishing: attempt, events: event.map { [$0] } ?? [], as: change)
    }

    /// Revokes a connection because somebody asked for it, whatever its version.
    public func revoke(_ connection: ConnectionID, event: EventDraft?, as change: Change) async throws(StoreError) {
        try await revoke(
            connection, ifVersion: nil, Revocation(by: change.audit.actor.party, .requested), event: event,
            as: change)
    }
}

/// Keeps token pairs and the refresh journal.
///
/// Every method is one transaction.
public protocol TokenStore: Sendable {
    /// The newest pair of a connection, or `nil`.
    func tokens(of connection: ConnectionID) async throws(StoreError) -> StoredTokens?
    /// Commits the journal row that must stand before a refresh token is posted.
    ///
    /// A deliberate last try takes the place of the row `superseding`, in the same transaction.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `refresh_open` while another open or unanswered row of this
    ///   generation stands, or `superseding` is none; with `stale` when the generation is not the newest.
    func openRefresh(_ entry: RefreshEntry, superseding: ULID?) async throws(StoreError)
    /// The open or unanswered row of a generation, or `nil`.
    func unfinishedRefresh(of connection: ConnectionID, generation: Int) async throws(StoreError) -> RefreshEntry?
    /// All open rows: after a start, posts whose process died.
    func openRefreshes() async throws(StoreError) -> [RefreshEntry]
    /// The rows of a generation, newest first.
    func refreshes(of connection: ConnectionID, generation: Int) async throws(StoreError) -> [RefreshEntry]
    /// Closes a row without a pair; `unanswered` also flags the connection `refresh_uncertain`.
    ///
    /// A last try that used nothing up names the row that it replaced in `restoring`, which is unanswered again.
    func closeRefresh(
        _ entry: ULID, as state: RefreshEntry.State, problem: String?, restoring: ULID?, at moment: Timestamp
    ) async throws(StoreError)
    /// Keeps the pair of a row whose place another pair took, as long as its account is linked with its seller.
    func keepAnswer(_ answer: KeptPair, of entry: ULID, at moment: Timestamp) async throws(StoreError)
    /// The kept pairs of a connection's account with its application and seller, newest first.
    func keptAnswers(of connection: ConnectionID) async throws(StoreError) -> [(entry: ULID, answer: KeptPair)]
    /// Destroys a kept pair.
    func forgetAnswer(of entry: ULID) async throws(StoreError)
    /// Destroys the kept pairs of rows that were opened earlier.
    func forgetAnswers(openedBefore moment: Timestamp) async throws(StoreError)
    /// At most `limit` connections whose tokens are to be renewed ahead of expiry, those that die first leading.
    ///
    /// Due are those in use with one third of their pair's life left or less, spread over a tenth of it, and those
    /// whose refresh went unanswered; none of a stopped application, none that is held after an import, none of a seller
    /// that is quarantined, and none that was tried a short while ago:
    /// 10 minutes after the first post of a generation, doubling to 6 hours. A pair that came out of a backup is due
    /// again only for its last try, ``RefreshDue/lastTryFrom`` before its end.
    func dueForRefresh(at moment: Timestamp, limit: Int) async throws(StoreError) -> [RefreshDue]
    /// At most `limit` warnings that are due, of connections that end first.
    ///
    /// Due is the nearest of ``ExpiryWarning/days`` that an access token has reached and not passed, if no nearer one
    /// was told of its pair; of connections in use that the shop owner allowed and that nothing renews.
    func dueForWarning(at moment: Timestamp, limit: Int) async throws(StoreError) -> [ExpiryWarning]
    /// Records a warning's event, and that it was told of this pair.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `stale` when the pair is no longer the newest, or it was told.
    func tell(_ warning: ExpiryWarning, event: EventDraft) async throws(StoreError)
    /// At most `limit` connections in use whose access token has died and that have no refresh token; none of a
    /// seller that is quarantined.
    func ended(at moment: Timestamp, limit: Int) async throws(StoreError) -> [RefreshDue]
    /// Replaces a pair if nobody else replaced it first, closes the journal row and clears `refresh_uncertain`.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `stale` when `generation` is no longer the newest.
    func replaceTokens(
        _ tokens: StoredTokens, ifGeneration generation: Int, closing entry: ULID?, at moment: Timestamp
    ) async throws(StoreError)
}
