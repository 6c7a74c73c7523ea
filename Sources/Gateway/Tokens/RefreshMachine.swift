/// Decides what to do with a pair that is asked for; pure, so that each case is tested without concurrency.
///
/// Source: DESIGN invariant 4, SEC C2. The unanswered row is never posted again here.
struct RefreshMachine: Sendable {
    /// What is known before anything is posted.
    struct Situation: Sendable {
        let kind: Connection.Kind
        let expiresAt: Timestamp
        let hasRefreshToken: Bool
        /// An open or unanswered row of this generation stands in the journal.
        let hasUnfinishedPost: Bool
        /// The caller wants a newer pair although this one has not died.
        let isForced: Bool
    }

    enum Start: Equatable, Sendable {
        /// The access token does; nothing is posted.
        case serve
        /// Ask for a new token by client credentials: it uses nothing up.
        case grantAnew
        /// Commit a journal row, then post the refresh token.
        case post
        /// 409 `refresh_uncertain`.
        case uncertain
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

    static func start(_ situation: Situation, at moment: Timestamp) -> Start {
        let isAlive = moment < situation.expiresAt
        let isFresh = moment + AccessToken.margin < situation.expiresAt
        if isFresh, !situation.isForced { return .serve }
        if situation.kind == .own { return .grantAnew }
        if situation.hasUnfinishedPost { return isAlive ? .serve : .uncertain }
        guard situation.hasRefreshToken else { return isAlive ? .serve : .relink(.expired) }
        return .post
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
}
