@testable import enlace

/// A grant's page of the sandbox's ledger.
struct GrantLedger: Sendable {
    /// One post of a refresh token.
    struct Post: Sendable {
        /// The generation that was posted.
        var generation: Int
        /// `arrived`, `held`, `cut` or `answered`.
        var state: String
        /// The generation that was made for it.
        var issued: Int?
        /// The error code that was decided on.
        var refusal: String?
        /// What was made to go wrong.
        var fault: String?
        /// Status of the answer that was let go.
        var status: Int?

        /// Whether the token endpoint's own answer was let go, or another in its place.
        var isOwnAnswer: Bool {
            state == "answered" && [nil, "delay", "delay_after", "hold", "hold_after"].contains(fault)
        }

        /// Whether the pair that was made for it was let go whole.
        var isDelivered: Bool { isOwnAnswer && issued != nil }

        /// Whether it was refused in so many words.
        var isRefused: Bool {
            let isFaultsRefusal = fault == "plain429" || fault == "status" && (400...499).contains(status ?? 0)
            return isOwnAnswer && refusal != nil || state == "answered" && isFaultsRefusal
        }
    }

    /// Whether nothing of the grant is good any more.
    var isRevoked: Bool
    /// The generation of the newest pair.
    var newest: Int
    /// The generation of the access token that was last called with and accepted.
    var calledWith: Int?
    /// Every post, oldest first.
    var posts: [Post]

    /// Whether the newest pair was ever let go to somebody; the first was given at linking.
    var isNewestDelivered: Bool { newest == 1 || posts.contains { $0.issued == newest && $0.isDelivered } }
}

extension GrantLedger {
    /// Reads an element of `grants`.
    init?(_ json: JSONValue) {
        guard let isRevoked = json["revoked"]?.bool, let newest = json["newest"]?.int, let log = json["log"]?.array
        else { return nil }
        self.isRevoked = isRevoked
        self.newest = newest
        calledWith = json["called_with"]?.int
        posts = log.compactMap { Post($0) }
        guard posts.count == json["posts"]?.int else { return nil }
    }
}

extension GrantLedger.Post {
    fileprivate init?(_ json: JSONValue) {
        guard let generation = json["generation"]?.int, let state = json["state"]?.string else { return nil }
        self.generation = generation
        self.state = state
        issued = json["issued"]?.int
        refusal = json["refusal"]?.string
        fault = json["fault"]?.string
        status = json["status"]?.int
    }
}
