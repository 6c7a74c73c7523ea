import Gateway
import TestSupport

// What ApplicationStore and APIKeyStore promise.
extension StoreCase {
    func applicationIsKeptAsGiven(_ stage: Stage) async throws {
        let application = try await stage.application()
        try expect(try await stage.store.application(application.id), is: application)
        try expect(try await stage.store.application(stage.make.ids.next()), is: nil)
        let other = try await stage.application("2222222222")
        try expect(try await stage.store.applications(page: Page()), is: [other, application])
        try expect(
            try await stage.store.applications(page: Page(after: other.id.ulid)), is: [application])
    }

    func clientIDIsUniqueInItsMode(_ stage: Stage) async throws {
        let first = try await stage.application()
        let test = stage.make.application(clientID: first.clientID, mode: .test)
        try await stage.store.add(test, secrets: [], as: stage.make.change(.applicationCreated))
        let second = stage.make.application(clientID: first.clientID)
        try await stage.expectRefusal(.conflict(rule: .unique)) {
            try await stage.store.add(
                second, secrets: [stage.make.secret(of: second.id, .client)],
                as: stage.make.change(.applicationCreated))
        }
        try expect(try await stage.store.application(second.id), is: nil)
    }

    func applicationUpdateReplacesWhatMayChange(_ stage: Stage) async throws {
        var application = try await stage.application()
        application.name = "Otra"
        application.brand = "Ñ"
        application.supportContact = nil
        application.pkce = .off
        application.returnURLs = []
        let changes = ApplicationChanges(
            name: "Otra", brand: "Ñ", supportContact: .some(nil), pkce: .off, returnURLs: [])
        try expect(
            try await stage.store.update(application.id, changes, as: stage.make.change(.applicationUpdated)),
            is: application)
        try expect(try await stage.store.application(application.id), is: application)
        application.supportContact = "ayuda@example.com"
        try await stage.store.update(
            application.id, ApplicationChanges(supportContact: application.supportContact),
            as: stage.make.change(.applicationUpdated))
        try await stage.store.update(
            application.id, ApplicationChanges(), as: stage.make.change(.applicationUpdated))
        try expect(try await stage.store.application(application.id), is: application)
        let unknown = stage.make.application(clientID: "999")
        try await stage.expectRefusal(.notFound) {
            _ = try await stage.store.update(unknown.id, changes, as: stage.make.change(.applicationUpdated))
        }
    }

    func applicationWithConnectionsStays(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        for _ in 0..<2 {
            try await stage.expectRefusal(.conflict(rule: .inUse)) {
                try await stage.store.remove(connection.application, as: stage.make.change(.applicationRemoved))
            }
            let current = try require(try await stage.store.connection(connection.id))
            guard current.state.isActive else { continue }
            try await stage.store.revoke(connection.id, event: nil, as: stage.make.change(.connectionRevoked))
        }
        try expect(try await stage.store.application(connection.application) != nil, "the application stays")
    }

    func removedApplicationTakesWhatHangsOnIt(_ stage: Stage) async throws {
        let link = try await stage.link()
        try await stage.store.begin(stage.make.attempt(of: link))
        try await stage.store.add(stage.make.testUser(of: link.application), as: stage.make.change(.testUserCreated))
        try await stage.store.remove(link.application, as: stage.make.change(.applicationRemoved))
        try expect(try await stage.store.application(link.application), is: nil)
        try expect(try await stage.store.link(link.id), is: nil)
        try expect(try await stage.store.testUsers(of: link.application), is: [])
        for kind in ApplicationSecret.Kind.allCases {
            try expect(try await stage.store.secrets(of: link.application, kind, at: stage.now), is: [])
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.remove(link.application, as: stage.make.change(.applicationRemoved))
        }
    }

    func atMostTwoSecretsOfAKindCount(_ stage: Stage) async throws {
        let application = try await stage.application()
        let first = try require(
            try await stage.store.secrets(of: application.id, .webhook, at: stage.now).first)
        var added: [ApplicationSecret] = []
        for _ in 0..<2 {
            stage.pass(.seconds(60))
            let secret = stage.make.secret(of: application.id, .webhook)
            try await stage.store.add(
                secret, othersExpireAt: stage.now + .seconds(3600),
                as: stage.make.change(.applicationSecretAdded))
            added.append(secret)
            let live = try await stage.store.secrets(of: application.id, .webhook, at: stage.now)
            try expect(live.count, is: 2)
            try expect(live.first?.id, is: secret.id)
        }
        let live = try await stage.store.secrets(of: application.id, .webhook, at: stage.now)
        try expect(live.map(\.id), is: [added[1].id, added[0].id])
        try expect(!live.map(\.id).contains(first.id), "the oldest one made room")
        // An expiry is a moment: the secret counts before it and not at it.
        let expiry = stage.now + .seconds(3600)
        let before = Timestamp(milliseconds: expiry.milliseconds - 1)
        try expect(try await stage.store.secrets(of: application.id, .webhook, at: before).count, is: 2)
        try expect(
            try await stage.store.secrets(of: application.id, .webhook, at: expiry).map(\.id), is: [added[1].id])
        // A kind of its own is not touched.
        let client = try await stage.store.secrets(of: application.id, .client, at: stage.now)
        try expect(client.map(\.expiresAt), is: [nil])
    }

    func testUsersAreListedNewestFirst(_ stage: Stage) async throws {
        let application = try await stage.application()
        let other = try await stage.application("2222222222")
        let users = [42, 43].map { stage.make.testUser(of: application.id, $0) }
        for user in users { try await stage.store.add(user, as: stage.make.change(.testUserCreated)) }
        try expect(try await stage.store.testUsers(of: application.id), is: users.reversed())
        try expect(try await stage.store.testUsers(of: other.id), is: [])
        let orphan = stage.make.testUser(of: stage.make.ids.next(), 44)
        try await stage.expectRefusal(.notFound) {
            try await stage.store.add(orphan, as: stage.make.change(.testUserCreated))
        }
    }

    func apiKeyIsKeptAsGiven(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let bound = try await stage.apiKey(boundTo: seller.id)
        let free = try await stage.apiKey()
        try expect(try await stage.store.apiKey(bound.id), is: bound)
        try expect(try await stage.store.apiKey(free.id), is: free)
        try expect(try await stage.store.apiKey(stage.make.ids.next()), is: nil)
        try expect(try await stage.store.apiKeys(boundTo: nil, page: Page()), is: [free, bound])
        try expect(try await stage.store.apiKeys(boundTo: seller.id, page: Page()), is: [bound])
        try expect(try await stage.store.apiKeys(boundTo: nil, page: Page(after: free.id.ulid)), is: [bound])
    }

    func revokedKeyStaysAsItIs(_ stage: Stage) async throws {
        let key = try await stage.apiKey()
        let moment = stage.now
        try await stage.store.revoke(key.id, as: stage.make.change(.keyRevoked))
        try expect(try await stage.store.apiKey(key.id)?.revokedAt, is: moment)
        let lines = try await stage.auditCount()
        stage.pass(.seconds(1))
        try await stage.store.revoke(key.id, as: stage.make.change(.keyRevoked))
        try expect(try await stage.store.apiKey(key.id)?.revokedAt, is: moment)
        try expect(try await stage.auditCount(), is: lines)
        try await stage.expectRefusal(.notFound) {
            try await stage.store.revoke(stage.make.ids.next() as APIKeyID, as: stage.make.change(.keyRevoked))
        }
    }
}
