/// One post of a refresh token, as `/_sim/ledger` tells it.
///
/// It is noted when it arrives, and what becomes of it before the peer can know.
struct RefreshPost: Sendable {
    /// Which post it is.
    struct ID: Hashable, Sendable {
        let owner: GrantKey
        let index: Int
    }

    /// How far the answer came.
    enum State: String, Sendable {
        /// Nothing is decided yet.
        case arrived
        /// A fault keeps it until it is released.
        case held
        /// The connection was closed instead.
        case cut
        /// It was let go.
        case answered
    }

    /// The generation whose token was posted.
    let generation: Int
    var state = State.arrived
    /// The generation that was issued for it.
    var issued: Int?
    /// The error code that the token endpoint decided on.
    var refusal: String?
    /// The fault that struck it.
    var fault: String?
    /// Status of the answer that was let go.
    var status: Int?

    /// The line of the ledger.
    var json: JSON {
        [
            "generation": .int(Int64(generation)), "state": .string(state.rawValue),
            "issued": issued.map { .int(Int64($0)) } ?? .null, "refusal": .optional(refusal), "fault": .optional(fault),
            "status": status.map { .int(Int64($0)) } ?? .null,
        ]
    }
}

extension World {
    /// Notes that a refresh token arrived; nil for one that was never issued.
    mutating func noteRefreshPost(of token: String) -> RefreshPost.ID? {
        guard let token = refreshTokens[token] else { return nil }
        refreshPosts[token.owner, default: []].append(RefreshPost(generation: token.generation))
        return RefreshPost.ID(owner: token.owner, index: (refreshPosts[token.owner]?.count ?? 1) - 1)
    }

    /// Notes what becomes of a post.
    mutating func note(_ post: RefreshPost.ID?, _ change: (inout RefreshPost) -> Void) {
        guard let post else { return }
        refreshPosts[post.owner]?[post.index].change(change)
    }

    /// The refresh tokens of every grant in the order of their generations and the posts in theirs, for `/_sim/ledger`.
    func ledger(of userID: Int64? = nil) -> JSON {
        let rows = grants.filter { userID == nil || $0.key.userID == userID }
            .sorted { ($0.key.userID, $0.key.clientID) < ($1.key.userID, $1.key.clientID) }
        return .array(
            rows.map { key, grant in
                let tokens = (issued[key]?.refresh ?? []).compactMap { refreshTokens[$0] }
                let posts = refreshPosts[key] ?? []
                return [
                    "user_id": .int(key.userID), "client_id": .string(key.clientID),
                    "revoked": .bool(grant.isRevoked), "issued": .int(Int64(tokens.count)),
                    "used": .int(Int64(tokens.filter { $0.uses > 0 }.count)),
                    "newest": .int(Int64(grant.generation)),
                    "called_with": grant.calledWith.map { .int(Int64($0)) } ?? .null,
                    "posts": .int(Int64(posts.count)), "log": .array(posts.map(\.json)),
                    "generations": .array(
                        tokens.map { token in
                            [
                                "generation": .int(Int64(token.generation)), "uses": .int(Int64(token.uses)),
                                "issued_at": .string(Timestamp.utc(token.issuedAt)),
                                "revoked": .bool(token.isRevoked),
                            ]
                        }),
                ]
            })
    }
}

extension RefreshPost {
    fileprivate mutating func change(_ body: (inout RefreshPost) -> Void) { body(&self) }
}
