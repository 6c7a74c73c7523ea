/// The applications of the installation, with their secrets.
public struct Applications: Sendable {
    /// How long a replaced secret may stay active, at most.
    public static let longestOverlap = Duration.seconds(7 * 86_400)

    let store: any ApplicationStore
    let vault: Vault
    let ids: IdentifierSource
    let clock: WallClock
    let changes: ChangeMaker
    private let address: PublicAddress

    /// Takes what it uses.
    public init(
        store: any ApplicationStore, vault: Vault, address: PublicAddress, ids: IdentifierSource, clock: WallClock
    ) {
        self.store = store
        self.vault = vault
        self.address = address
        self.ids = ids
        self.clock = clock
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// The redirect URI to enter in the provider's panel, character by character.
    public func redirectURI(of application: ApplicationID) -> String { address.redirectURI(of: application) }

    /// The webhook URL to enter in the provider's panel.
    public func webhookURL(of application: ApplicationID) -> String { address.webhook(of: application) }

    /// Creates an application with its secrets.
    public func create(_ new: NewApplication, by caller: Caller) async throws(Problem) -> Application {
        try caller.require(.applicationsAdmin)
        try caller.principal.requireUnbound()
        try caller.principal.requireMode(new.mode)
        guard (1...20).contains(new.clientID.utf8.count), new.clientID.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .invalid("client_id", "Give the application's number from the panel, digits only.") }
        let application = Application(
            id: ids.next(), name: try checkedName(new.name), brand: try checkedName(new.brand, field: "brand"),
            supportContact: try Self.checkedContact(new.supportContact), site: new.site, mode: new.mode,
            clientID: new.clientID, pkce: new.pkce, confirm: new.confirm,
            returnURLs: try Self.checkedReturnURLs(new.returnURLs), createdAt: clock.now)
        var secrets = [try await secret(.client, new.clientSecret, of: application.id, field: "client_secret")]
        if let webhook = new.webhookSecret {
            secrets.append(try await secret(.webhook, webhook, of: application.id, field: "webhook_secret"))
        }
        do {
            try await store.add(
                application, secrets: secrets,
                as: changes.change(
                    .applicationCreated, subject: application.id.description, status: 201, by: caller))
        } catch {
            switch error {
            case .conflict(rule: .unique):
                throw Problem(
                    .clientIDTaken, "There is an application with this client_id already.", field: "client_id")
            case .notFound, .conflict, .unavailable, .corrupted: throw Problem(error)
            }
        }
        return application
    }

    /// The application with this id.
    public func application(_ id: ApplicationID) async throws(Problem) -> Application {
        let application: Application?
        do { application = try await store.application(id) } catch { throw Problem(error) }
        guard let application else {
            throw Problem(.applicationNotFound, "There is no such application. Check the id.")
        }
        return application
    }

    /// The application with this id, if it is of the caller's own mode.
    func application(_ id: ApplicationID, for caller: Caller) async throws(Problem) -> Application {
        let found = try await application(id)
        try caller.principal.requireMode(found.mode)
        return found
    }

    /// One page of applications.
    public func list(page: Page) async throws(Problem) -> [Application] {
        do { return try await store.applications(page: page) } catch { throw Problem(error) }
    }

    /// Changes what was given.
    public func update(
        _ id: ApplicationID, _ wanted: ApplicationChanges, by caller: Caller
    ) async throws(Problem) -> Application {
        try caller.require(.applicationsAdmin)
        try caller.principal.requireUnbound()
        _ = try await application(id, for: caller)
        var wanted = wanted
        if let name = wanted.name { wanted.name = try checkedName(name) }
        if let brand = wanted.brand { wanted.brand = try checkedName(brand, field: "brand") }
        if let contact = wanted.supportContact { wanted.supportContact = .some(try Self.checkedContact(contact)) }
        if let urls = wanted.returnURLs { wanted.returnURLs = try Self.checkedReturnURLs(urls) }
        do {
            return try await store.update(
                id, wanted, as: changes.change(.applicationUpdated, subject: id.description, by: caller))
        } catch {
            throw Problem(error)
        }
    }

    /// Removes an application that no connection was ever made with.
    public func remove(_ id: ApplicationID, by caller: Caller) async throws(Problem) {
        try caller.require(.applicationsAdmin)
        try caller.principal.requireUnbound()
        _ = try await application(id, for: caller)
        do {
            try await store.remove(id, as: changes.change(.applicationRemoved, subject: id.description, by: caller))
        } catch {
            switch error {
            case .notFound: throw Problem(.applicationNotFound, "There is no such application. Check the id.")
            case .conflict(rule: .inUse):
                throw Problem(
                    .applicationInUse,
                    "Connections were made with it, and their history keeps it. It can't be removed any more.")
            case .conflict, .unavailable, .corrupted: throw Problem(error)
            }
        }
    }

    /// Adds a secret; those that are current stay active for `overlap`, 0 to 7 days.
    public func addSecret(
        _ kind: ApplicationSecret.Kind, value: Secret<String>, of id: ApplicationID, overlap: Duration,
        by caller: Caller
    ) async throws(Problem) -> ApplicationSecret {
        try caller.require(.applicationsAdmin)
        try caller.principal.requireUnbound()
        guard .zero <= overlap, overlap <= Self.longestOverlap else {
            throw .invalid("overlap_seconds", "Give 0 to 604800.")
        }
        _ = try await application(id, for: caller)
        let secret = try await secret(kind, value, of: id, field: "value")
        do {
            try await store.add(
                secret, othersExpireAt: clock.now + overlap,
                as: changes.change(.applicationSecretAdded, subject: id.description, status: 201, by: caller))
        } catch {
            throw Problem(error)
        }
        return secret
    }

    /// The active secrets of an application, without their values.
    public func secrets(of id: ApplicationID) async throws(Problem) -> [ApplicationSecret] {
        do {
            return try await store.secrets(of: id, .client, at: clock.now)
                + store.secrets(of: id, .webhook, at: clock.now)
        } catch {
            throw Problem(error)
        }
    }

    /// What the application proves itself with at the provider, its newest secret opened.
    func credentials(of application: Application) async throws(Problem) -> ClientCredentials {
        guard let newest = try await activeCredentials(of: application).first else {
            throw Problem(.internalError, "The application has no client secret. Add one.")
        }
        return newest
    }

    /// The same with each active secret, newest first: two during a rotation.
    func activeCredentials(of application: Application) async throws(Problem) -> [ClientCredentials] {
        try await opened(.client, of: application.id).map { secret in
            ClientCredentials(clientID: application.clientID, secret: secret, isTest: application.mode == .test)
        }
    }

    /// The active secrets of a kind, opened, newest first.
    func opened(
        _ kind: ApplicationSecret.Kind, of id: ApplicationID
    ) async throws(Problem) -> [Secret<String>] {
        do {
            var opened: [Secret<String>] = []
            for secret in try await store.secrets(of: id, kind, at: clock.now) {
                let value = try await vault.open(
                    secret.sealed, Self.purpose(of: kind), row: secret.id.ulid, owner: .installation)
                opened.append(value.text)
            }
            return opened
        } catch let error as VaultError {
            throw Problem(error)
        } catch let error as StoreError {
            throw Problem(error)
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }

    private func secret(
        _ kind: ApplicationSecret.Kind, _ value: Secret<String>, of application: ApplicationID, field: String
    ) async throws(Problem) -> ApplicationSecret {
        let isUsable = value.reveal {
            (8...512).contains($0.utf8.count) && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
        guard isUsable else { throw .invalid(field, "Give the secret from the panel, 8 to 512 printable characters.") }
        let id: Identifier<ApplicationSecret> = ids.next()
        do {
            let sealer = try await vault.sealer(for: .installation)
            return ApplicationSecret(
                id: id, application: application, kind: kind,
                sealed: try sealer.seal(value, Self.purpose(of: kind), row: id.ulid), createdAt: clock.now,
                expiresAt: nil)
        } catch {
            throw Problem(error)
        }
    }

    private static func purpose(of kind: ApplicationSecret.Kind) -> SealPurpose {
        switch kind {
        case .client: .clientSecret
        case .webhook: .webhookSecret
        }
    }

    private static func checkedContact(_ contact: String?) throws(Problem) -> String? {
        guard let contact, !contact.isEmpty else { return nil }
        return try checkedName(contact, field: "support_contact")
    }

    // Exact match later on, so only what can't be anything else is accepted now (SEC C1.9).
    private static func checkedReturnURLs(_ urls: [String]) throws(Problem) -> [String] {
        for url in urls {
            let isLoopback = url.hasPrefix("http://127.0.0.1:") || url.hasPrefix("http://localhost:")
            let isURL =
                (url.hasPrefix("https://") || isLoopback) && !url.contains("#") && !url.contains("*")
                && url.utf8.count <= 500 && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 }
            guard isURL else { throw .invalid("return_urls", "Give https URLs without a fragment or a wildcard.") }
        }
        guard urls.count <= 20 else { throw .invalid("return_urls", "Give at most 20.") }
        return urls
    }
}
