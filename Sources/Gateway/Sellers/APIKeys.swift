/// The API keys of the installation.
public struct APIKeys: Sendable {
    private let store: any APIKeyStore
    private let hashing: KeyedHash
    private let ids: IdentifierSource
    private let clock: WallClock
    private let random: RandomSource
    private let changes: ChangeMaker
    private let directory: ProxyDirectory

    /// Takes what it uses.
    public init(
        store: any APIKeyStore, keyRing: KeyRing, ids: IdentifierSource, clock: WallClock, random: RandomSource,
        directory: ProxyDirectory
    ) {
        self.store = store
        hashing = keyRing.hashing
        self.ids = ids
        self.clock = clock
        self.random = random
        self.directory = directory
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Makes a key; its text is shown by this answer only.
    ///
    /// - Throws: ``Problem/Code/missingScope`` when it would grant more than its maker has,
    ///   ``Problem/Code/modeMismatch`` when it would reach another mode.
    public func create(
        name: String, mode: Mode, scopes: Set<Scope>, seller: SellerID?, expiresAt: Timestamp?, by caller: Caller
    ) async throws(Problem) -> (key: APIKey, text: Secret<String>) {
        try caller.require(.keys)
        for scope in scopes.sorted() { try caller.require(scope) }
        if let bound = caller.principal.seller, bound != seller {
            throw Problem(.missingScope, "This key is bound to one seller and makes keys for that seller only.")
        }
        // Else a test key would make itself a live one.
        try caller.principal.requireMode(mode)
        guard !scopes.isEmpty else { throw .invalid("scopes", "Give at least one scope.") }
        guard expiresAt.map({ clock.now < $0 }) ?? true else { throw .invalid("expires_at", "Give a time to come.") }
        let (key, text) = made(
            name: try checkedName(name), mode: mode, scopes: scopes, seller: seller, expiresAt: expiresAt)
        do {
            try await store.add(
                key,
                as: changes.change(
                    .keyCreated, subject: key.id.description, seller: seller, status: 201, by: caller))
        } catch {
            // The only row that a new key leans on.
            throw error == .notFound ? .sellerNotFound : Problem(error)
        }
        directory.forget(key: key.id)
        return (key, text)
    }

    /// Draws the text of a key that is in no store yet, so that it can be written down before it counts.
    public func draw(mode: Mode) -> Secret<String> {
        APIKeyText.write(mode: mode, id: ids.next(), secret: random.bytes(32))
    }

    /// Takes in a key that was drawn, with every scope: the installation's first, for the command on the machine itself.
    ///
    /// - Throws: ``Problem/Code/unauthorized`` for text that is no key's.
    public func keepFirst(_ text: Secret<String>, name: String) async throws(Problem) -> Principal {
        guard let drawn = text.reveal({ APIKeyText($0) }) else { throw Self.unauthorized }
        let key = APIKey(
            id: drawn.id, name: try checkedName(name), mode: drawn.mode, scopes: Set(Scope.allCases), seller: nil,
            secretHash: drawn.secret.reveal { hashing.mac("api-key", $0) }, createdAt: clock.now, expiresAt: nil,
            revokedAt: nil)
        do {
            try await store.add(
                key, as: changes.change(.keyCreated, subject: key.id.description, by: .command))
        } catch {
            throw Problem(error)
        }
        directory.forget(key: key.id)
        return Principal(key)
    }

    /// Whether any key was ever made here.
    public func hasKeys() async throws(Problem) -> Bool {
        do { return try await !store.apiKeys(boundTo: nil, page: Page(limit: 1)).isEmpty } catch {
            throw Problem(error)
        }
    }

    /// The key with this id, if it lies within reach.
    public func key(_ id: APIKeyID, for principal: Principal) async throws(Problem) -> APIKey {
        try principal.require(.keys)
        let key: APIKey?
        do { key = try await store.apiKey(id) } catch { throw Problem(error) }
        guard let key, principal.seller == nil || principal.seller == key.seller else { throw Self.notFound }
        return key
    }

    /// One page of the keys within reach.
    public func list(page: Page, for principal: Principal) async throws(Problem) -> [APIKey] {
        try principal.require(.keys)
        do { return try await store.apiKeys(boundTo: principal.seller, page: page) } catch { throw Problem(error) }
    }

    /// Revokes a key; it is refused from the next request on.
    public func revoke(_ id: APIKeyID, by caller: Caller) async throws(Problem) {
        let key = try await key(id, for: caller.principal)
        try caller.principal.requireMode(key.mode)
        try await revoke(
            id, changes.change(.keyRevoked, subject: id.description, seller: key.seller, by: caller))
    }

    /// Revokes a key by its own text; says nothing about whether there was one (SEC C5.4).
    ///
    /// - Throws: whatever kept it from looking, so that nobody takes a key for revoked that is not.
    public func revokeLeaked(_ text: String, request: String) async throws(Problem) {
        let found: Principal
        do {
            found = try await authenticate(text)
        } catch {
            guard error.code == .unauthorized else { throw error }
            return
        }
        try await revoke(
            found.key,
            changes.change(
                .keyRevoked, subject: found.key.description, seller: found.seller, by: .key(found.key),
                request: request))
    }

    /// Who presents this text.
    ///
    /// - Throws: ``Problem/Code/unauthorized``, the same for every reason.
    public func authenticate(_ text: String) async throws(Problem) -> Principal {
        guard let parsed = APIKeyText(text) else { throw Self.unauthorized }
        let key: APIKey?
        do { key = try await store.apiKey(parsed.id) } catch { throw Problem(error) }
        guard let key, key.mode == parsed.mode, key.isActive(at: clock.now),
            parsed.secret.reveal({ hashing.isMAC(key.secretHash, "api-key", $0) })
        else { throw Self.unauthorized }
        return Principal(key)
    }

    /// The one answer to a key that does not count, whatever the reason.
    public static let unauthorized = Problem(
        .unauthorized, "Send a valid API key as `Authorization: Bearer enl_…`.")

    static let notFound = Problem(.keyNotFound, "There is no such key within this key's reach. Check the id.")

    private func made(
        name: String, mode: Mode, scopes: Set<Scope>, seller: SellerID?, expiresAt: Timestamp?
    ) -> (APIKey, Secret<String>) {
        let id: APIKeyID = ids.next()
        let secret = random.bytes(32)
        let key = APIKey(
            id: id, name: name, mode: mode, scopes: scopes, seller: seller,
            secretHash: hashing.mac("api-key", secret), createdAt: clock.now, expiresAt: expiresAt, revokedAt: nil)
        return (key, APIKeyText.write(mode: mode, id: id, secret: secret))
    }

    private func revoke(_ id: APIKeyID, _ change: Change) async throws(Problem) {
        do {
            try await store.revoke(id, as: change)
        } catch {
            if case .notFound = error { throw Self.notFound }
            throw Problem(error)
        }
        directory.forget(key: id)
    }
}
