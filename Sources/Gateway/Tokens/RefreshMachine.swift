/// Decides what to do with a pair that is asked for; pure, so that each case is tested without concurrency.
///
/// Source: DESIGN invariant 4, SEC C2.
struct RefreshMachine: Sendable {
    /// Why a pair is asked for.
    enum Demand: Equatable, Sendable {
        /// A call needs an access token.
        case use
        /// The sweep wants a newer pair ahead of expiry.
        case sweep
        /// A person wants a newer pair now.
        case person
    }

    /// A post of this generation that nobody knows the end of.
    struct Unfinished: Equatable, Sendable {
        /// Whoever opened it may still be at it.
        let isUnderWay: Bool
        /// How many last tries this generation has had.
        let lastTries: Int
        /// When the newest post was opened.
        let postedAt: Timestamp
    }

    /// What is known before anything is posted.
    struct Situation: Sendable {
        let kind: Connection.Kind
        let expiresAt: Timestamp
        let hasRefreshToken: Bool
        let unfinished: Unfinished?
        let demand: Demand
        /// The provider has just refused the access token.
        let isRefused: Bool
        /// Another system may still renew the pair: two that post one refresh token end the grant.
        let isHeld: Bool
    }

    enum Start: Equatable, Sendable {
        /// The access token does; nothing is posted.
        case serve
        /// Ask for a new token by client credentials: it uses nothing up.
        case grantAnew
        /// Commit a journal row, then post the refresh token.
        case post
        /// The same for a generation whose first post went unanswered.
        case postLastTry
        /// Somebody else is at it: read again when that has ended.
        case wait
        /// 409 `refresh_uncertain`.
        case uncertain
        /// 409 `state_conflict`: it is not ours to renew yet.
        case held
        /// The access token is dead and there is nothing to renew it with.
        case relink(Connection.RelinkReason)
    }

    /// What follows from the provider's answer to a post.
    enum Finish: Equatable, Sendable {
        /// Store the pair.
        case store
        /// Close the row; the refresh token was not used up.
        case close(RefreshEntry.State)
        /// Close the row as refused and find out whether the access token works before believing it.
        case probe
    }

    /// With this much left an unanswered generation gets its last try.
    static let lastTryFrom = RefreshDue.lastTryFrom
    /// Between tries for a dead access token, doubling from the shortest to the longest.
    static let shortestWait = Duration.seconds(60)
    static let longestWait = Duration.seconds(6 * 3600)

    static func start(_ situation: Situation, at moment: Timestamp) -> Start {
        let isAlive = moment < situation.expiresAt && !situation.isRefused
        let isFresh = isAlive && moment + AccessToken.margin < situation.expiresAt
        if isFresh, situation.demand == .use { return .serve }
        if situation.kind == .own { return .grantAnew }
        if situation.isHeld, situation.hasRefreshToken {
            return isAlive && situation.demand != .person ? .serve : .held
        }
        if let unfinished = situation.unfinished { return start(unfinished, situation, isAlive: isAlive, at: moment) }
        guard situation.hasRefreshToken else { return isAlive ? .serve : .relink(.expired) }
        return .post
    }

    private static func start(
        _ unfinished: Unfinished, _ situation: Situation, isAlive: Bool, at moment: Timestamp
    ) -> Start {
        guard !unfinished.isUnderWay else { return .wait }
        let isDue = !isAlive || situation.expiresAt - moment <= lastTryFrom || situation.demand == .person
        if situation.hasRefreshToken, unfinished.lastTries == 0, isDue { return .postLastTry }
        // A post in the future means that the clock was set back: nobody knows for how long has been waited.
        let hasWaited =
            moment < unfinished.postedAt || moment >= unfinished.postedAt + wait(afterTries: unfinished.lastTries)
        if situation.hasRefreshToken, !isAlive, hasWaited { return .postLastTry }
        return isAlive ? .serve : .uncertain
    }

    private static func wait(afterTries tries: Int) -> Duration {
        min(shortestWait * (1 << min(max(tries - 1, 0), 20)), longestWait)
    }

    static func finish(_ answer: Result<Void, UpstreamError>) -> Finish {
        switch answer {
        case .success: .store
        case .failure(.notWritten): .close(.notWritten)
        case .failure(.limited): .close(.refused)
        case .failure(.refused("invalid_grant", _)), .failure(.refused("unauthorized_client", _)): .probe
        case .failure(.refused): .close(.refused)
        case .failure(.unanswered), .failure(.unauthorized): .close(.unanswered)
        }
    }

    /// What a refusal of the refresh token means.
    enum Verdict: Equatable, Sendable {
        /// Not believed (yet): the access token works, and it may be the application's fault or a passing one.
        case keep
        /// The shop has to allow the link again; until the access token dies everything works.
        case relink(Connection.RelinkReason)
    }

    /// Judges a refusal once the access token was probed.
    ///
    /// - Parameters:
    ///   - code: `invalid_grant` or `unauthorized_client`.
    ///   - isLastTry: The generation's first post went unanswered, so its pair was rotated away.
    ///   - isAlive: The access token works.
    ///   - wasRefusedBefore: The same generation was refused at least an hour ago.
    /// - Returns: What it means for the connection.
    static func verdict(code: String, isLastTry: Bool, isAlive: Bool, wasRefusedBefore: Bool) -> Verdict {
        if code == "invalid_grant", isLastTry { return .relink(.rotationLost) }
        if !isAlive { return .relink(.refreshRejected) }
        return code == "invalid_grant" && wasRefusedBefore ? .relink(.refreshRejected) : .keep
    }
}
