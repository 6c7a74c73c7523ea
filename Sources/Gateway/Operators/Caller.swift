/// Who asks for a change, and by which request.
public struct Caller: Sendable {
    /// The key that was presented.
    public let principal: Principal
    /// The request's id.
    public let request: String
    /// The caller's `Idempotency-Key` with the keyed hash of method, path and body.
    public let idempotency: (key: String, hash: [UInt8])?

    /// Takes what the listener knows.
    public init(principal: Principal, request: String, idempotency: (key: String, hash: [UInt8])? = nil) {
        self.principal = principal
        self.request = request
        self.idempotency = idempotency
    }

    /// Refuses unless the key has the scope.
    ///
    /// - Throws: ``Problem/Code/missingScope``, naming it.
    public func require(_ scope: Scope) throws(Problem) {
        try principal.require(scope)
    }
}

extension Principal {
    /// Refuses unless the key has the scope.
    ///
    /// - Throws: ``Problem/Code/missingScope``, naming it.
    public func require(_ scope: Scope) throws(Problem) {
        guard scopes.contains(scope) else {
            throw Problem(
                .missingScope, "This key lacks the scope \(scope.rawValue). Use a key that has it.",
                extra: ["scope": scope.rawValue])
        }
    }

    /// Refuses what concerns the whole installation unless the key is bound to no seller.
    ///
    /// - Throws: ``Problem/Code/missingScope``.
    public func requireUnbound() throws(Problem) {
        guard seller == nil else {
            throw Problem(.missingScope, "This key is bound to one seller. Use a key that is not.")
        }
    }

    /// Refuses what belongs to the other mode's world.
    ///
    /// - Throws: ``Problem/Code/modeMismatch``.
    public func requireMode(_ mode: Mode) throws(Problem) {
        guard self.mode == mode else {
            throw Problem(
                .modeMismatch, "A \(self.mode.rawValue) key reaches its own mode only. Use a \(mode.rawValue) key.")
        }
    }
}

/// Makes the audit line and the idempotency record that go into a change's transaction.
public struct ChangeMaker: Sendable {
    private let ids: IdentifierSource
    private let clock: WallClock

    /// Takes the sources of ids and time.
    public init(ids: IdentifierSource, clock: WallClock) {
        self.ids = ids
        self.clock = clock
    }

    /// The change that a caller asked for; `status` is what a repeated request is answered with.
    public func change(
        _ action: AuditAction, subject: String, seller: SellerID? = nil, status: Int = 200, by caller: Caller
    ) -> Change {
        let now = clock.now
        return Change(
            audit: AuditEntry(
                id: ids.next(), at: now, actor: .key(caller.principal.key), action: action, subject: subject,
                seller: seller, request: caller.request),
            idempotency: caller.idempotency.map { idempotency in
                IdempotencyRecord(
                    apiKey: caller.principal.key, key: idempotency.key, requestHash: idempotency.hash,
                    status: status, resource: subject, at: now)
            })
    }

    /// A change that no key asked for.
    public func change(
        _ action: AuditAction, subject: String, seller: SellerID? = nil, by actor: Actor, request: String? = nil
    ) -> Change {
        Change(
            audit: AuditEntry(
                id: ids.next(), at: clock.now, actor: actor, action: action, subject: subject, seller: seller,
                request: request))
    }
}
