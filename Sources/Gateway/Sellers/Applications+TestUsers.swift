extension Applications {
    /// Makes a user of the provider's test world; its password is shown by this answer only.
    public func createTestUser(
        of id: ApplicationID, site: SiteID, using tokens: ApplicationTokens, by caller: Caller
    ) async throws(Problem) -> (user: TestUser, password: Secret<String>) {
        try caller.require(.applicationsAdmin)
        try caller.principal.requireUnbound()
        let application = try await application(id, for: caller)
        let made: NewTestUser
        do {
            let token = try await tokens.token(of: application)
            made = try await tokens.accounts.createTestUser(site: site, with: token)
        } catch let error as UpstreamError {
            throw Self.refused(error)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
        let rowID: Identifier<TestUser> = ids.next()
        do {
            let sealer = try await vault.sealer(for: .installation)
            let user = TestUser(
                id: rowID, application: id, upstreamUser: made.user, nickname: made.nickname, site: site,
                sealedPassword: try sealer.seal(made.password, .testUserPassword, row: rowID.ulid),
                createdAt: clock.now)
            try await store.add(
                user, as: changes.change(.testUserCreated, subject: rowID.description, status: 201, by: caller))
            return (user, made.password)
        } catch let error as StoreError {
            throw Problem(error)
        } catch let error as VaultError {
            throw Problem(error)
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }

    /// The test users that were made for an application, newest first.
    public func testUsers(of id: ApplicationID) async throws(Problem) -> [TestUser] {
        _ = try await application(id)
        do { return try await store.testUsers(of: id) } catch { throw Problem(error) }
    }

    // The commonest refusal has no code of its own at the provider.
    private static func refused(_ error: UpstreamError) -> Problem {
        let problem = Problem(error)
        guard case .refused(_, 400) = error else { return problem }
        return Problem(
            .upstreamRefused,
            "The provider made no test user. It keeps 10 for each application, in some countries only; one that nobody "
                + "uses for 60 days makes room by itself.", extra: problem.extra)
    }
}
