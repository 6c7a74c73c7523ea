public import Gateway

/// Makes things to store, each with a new id and sealed values that nothing opens.
public struct Fixtures: Sendable {
    /// The clock that dates what is made.
    public let clock: ManualClock
    /// Where the ids come from.
    public let ids: IdentifierSource
    private let random: RandomSource

    /// Takes the clock; equal seeds make equal ids.
    public init(clock: ManualClock = ManualClock(), seed: UInt64 = 1) {
        self.clock = clock
        random = SeededRandom(seed: seed).source
        ids = IdentifierSource(clock: clock.wallClock, random: random)
    }

    /// That many random bytes.
    public func bytes(_ count: Int) -> [UInt8] { random.bytes(count) }

    /// A value that looks sealed.
    public func sealed(_ count: Int = 64) -> SealedSecret { SealedSecret(bytes: bytes(count)) }

    /// A change by the gateway itself, or by a key that also remembers its request.
    public func change(
        _ action: AuditAction = .sellerCreated, seller: SellerID? = nil, by key: APIKeyID? = nil,
        idempotencyKey: String? = nil
    ) -> Change {
        Change(
            audit: AuditEntry(
                id: ids.next(), at: clock.now, actor: key.map { .key($0) } ?? .gateway, action: action,
                subject: "a subject", seller: seller, request: "req_1"),
            idempotency: key.flatMap { key in
                idempotencyKey.map {
                    IdempotencyRecord(
                        apiKey: key, key: $0, requestHash: bytes(32), status: 201, resource: "a resource",
                        at: clock.now)
                }
            })
    }

    /// An active seller.
    public func seller(_ name: String = "Kiosco Ñandú", ref: String? = nil) -> Seller {
        Seller(
            id: ids.next(), externalRef: ref.flatMap { ExternalRef($0) }, name: name, state: .active,
            createdAt: clock.now)
    }

    /// A wrapped data key of an owner.
    public func dataKey(of owner: DataKeyOwner, keyringKey: String = "k1") -> WrappedDataKey {
        WrappedDataKey(
            id: ids.ulid(), owner: owner, keyringKey: keyringKey, wrapped: bytes(60), createdAt: clock.now)
    }

    /// A live application in Argentina.
    public func application(clientID: String = "1234567890", mode: Mode = .live) -> Application {
        Application(
            id: ids.next(), name: "POS", brand: "Caja Feliz", supportContact: "ayuda@example.com",
            site: SiteID("MLA")!, mode: mode, clientID: clientID, pkce: .required,
            returnURLs: ["https://example.com/a b", "https://example.com/\"quoted\""], createdAt: clock.now)
    }

    /// One of an application's secrets.
    public func secret(
        of application: ApplicationID, _ kind: ApplicationSecret.Kind, expiresAt: Timestamp? = nil
    ) -> ApplicationSecret {
        ApplicationSecret(
            id: ids.next(), application: application, kind: kind, sealed: sealed(), createdAt: clock.now,
            expiresAt: expiresAt)
    }

    /// A test user of an application.
    public func testUser(of application: ApplicationID, _ number: Int64 = 42) -> TestUser {
        TestUser(
            id: ids.next(), application: application, upstreamUser: UpstreamUserID(rawValue: number)!,
            nickname: "TESTUSER42", site: SiteID("MLA")!, sealedPassword: sealed(), createdAt: clock.now)
    }

    /// A key with two scopes.
    public func apiKey(boundTo seller: SellerID? = nil) -> APIKey {
        APIKey(
            id: ids.next(), name: "till", mode: .live, scopes: [.read, .proxyWrite], seller: seller,
            secretHash: bytes(32), createdAt: clock.now, expiresAt: nil, revokedAt: nil)
    }

    /// An open link that lives for a week.
    public func link(
        of seller: SellerID, with application: ApplicationID, expectedUser: UpstreamUserID? = nil
    ) -> OnboardingLink {
        OnboardingLink(
            id: ids.next(), seller: seller, application: application, tokenHash: bytes(32), state: .open,
            locale: .es, returnURL: "https://example.com/back", expectedUser: expectedUser, createdAt: clock.now,
            expiresAt: clock.now + .seconds(7 * 86_400))
    }

    /// An attempt that lives for 10 minutes.
    public func attempt(of link: OnboardingLink, cookieHash: [UInt8]? = nil) -> LinkAttempt {
        LinkAttempt(
            id: ids.next(), link: link.id, application: link.application, stateHash: bytes(32),
            cookieHash: cookieHash ?? bytes(32), verifier: sealed(), createdAt: clock.now,
            expiresAt: clock.now + .seconds(600))
    }

    /// A linked connection of an account.
    public func connection(
        of seller: SellerID, with application: ApplicationID, user: Int64 = 42,
        state: Connection.State = .configuring
    ) -> Connection {
        Connection(
            id: ids.next(), seller: seller, application: application, kind: .oauth,
            account: UpstreamAccount(
                user: UpstreamUserID(rawValue: user)!, nickname: "TIENDA", email: nil, site: SiteID("MLA")!,
                isTestUser: false),
            maskedEmail: "t***@example.com", liveMode: true, scopes: ["read", "write", "offline_access"],
            refreshable: true, state: state, integratorToken: sealed(), linkedAt: clock.now)
    }

    /// A pair that lives for 180 days.
    public func tokens(of connection: ConnectionID, generation: Int = 1) -> StoredTokens {
        StoredTokens(
            connection: connection, generation: generation, access: sealed(), refresh: sealed(),
            issuedAt: clock.now, expiresAt: clock.now + .seconds(180 * 86_400))
    }

    /// The row of an attempt's code, open.
    public func exchange(of attempt: LinkAttemptID) -> ExchangeEntry {
        ExchangeEntry(id: ids.ulid(), attempt: attempt, connection: ids.next(), openedAt: clock.now)
    }

    /// What a code was exchanged for.
    public func grant(for connection: ConnectionID) -> SealedGrant {
        SealedGrant(
            tokens: tokens(of: connection), scopes: ["offline_access", "read"], user: UpstreamUserID(rawValue: 42),
            liveMode: true)
    }

    /// A journal row that is open.
    public func refresh(
        of connection: ConnectionID, generation: Int = 1, isLastTry: Bool = false
    ) -> RefreshEntry {
        RefreshEntry(
            id: ids.ulid(), connection: connection, generation: generation, isLastTry: isLastTry, openedAt: clock.now)
    }
}
