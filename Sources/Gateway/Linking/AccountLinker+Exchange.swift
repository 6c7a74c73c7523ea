import Logging

extension AccountLinker {
    /// Exchanges the code, reads the account, checks it, and makes the connection.
    func link(_ attempt: LinkAttempt, _ code: Secret<String>) async throws(Problem) -> LinkAttempt.Outcome {
        let outcome = try await linked(attempt, code)
        if outcome != .linked { _ = try await end(attempt, outcome) }
        return outcome
    }

    private func linked(_ attempt: LinkAttempt, _ code: Secret<String>) async throws(Problem) -> LinkAttempt.Outcome {
        let link: OnboardingLink?
        do { link = try await store.link(attempt.link) } catch { throw Problem(error) }
        guard let link else { return .exchangeFailed }
        let application = try await applications.application(attempt.application)
        guard let grant = try await exchange(attempt, code, application) else { return .exchangeFailed }
        let account: UpstreamAccount
        do {
            account = try await accounts.account(with: grant.access)
        } catch {
            logger.note("Account not readable", at: .warning, [.link: link.id, .reason: error.code])
            return .accountUnreadable
        }
        if let refusal = try await refusal(account, grant, link, application) { return refusal }
        return try await establish(account, grant, link, application, attempt)
    }

    private func exchange(
        _ attempt: LinkAttempt, _ code: Secret<String>, _ application: Application
    ) async throws(Problem) -> TokenGrant? {
        let client = try await applications.credentials(of: application)
        var verifier: Secret<String>?
        do {
            if let sealed = attempt.verifier {
                verifier = try await vault.open(
                    sealed, .pkceVerifier, row: attempt.id.ulid, owner: .installation
                ).text
            }
            return try await oauth.exchange(
                CodeExchange(
                    code: code, verifier: verifier, redirectURI: applications.redirectURI(of: application.id)),
                as: client)
        } catch let error as UpstreamError {
            logger.note("Code not exchanged", at: .warning, [.link: attempt.link, .reason: error.code])
            return nil
        } catch {
            throw Self.problem(error)
        }
    }

    /// Why this account must not be linked to this shop, or `nil`.
    private func refusal(
        _ account: UpstreamAccount, _ grant: TokenGrant, _ link: OnboardingLink, _ application: Application
    ) async throws(Problem) -> LinkAttempt.Outcome? {
        guard grant.user.map({ $0 == account.user }) ?? true,
            link.expectedUser.map({ $0 == account.user }) ?? true
        else { return .accountMismatch }
        guard account.site == application.site else { return .unsupportedSite }
        do {
            if let other = try await store.activeConnection(of: account.user, with: application.id),
                other.seller != link.seller
            {
                return .accountTaken
            }
        } catch {
            throw Problem(error)
        }
        let other = try await connections.linked(link.seller, with: application.id, otherThan: account.user)
        return other == nil ? nil : .accountMismatch
    }

    private func establish(
        _ account: UpstreamAccount, _ grant: TokenGrant, _ link: OnboardingLink, _ application: Application,
        _ attempt: LinkAttempt
    ) async throws(Problem) -> LinkAttempt.Outcome {
        let made = try await connections.made(
            .oauth, seller: link.seller, application: application, account: account, grant: grant)
        do {
            try await store.establish(
                made.connection, tokens: made.tokens, finishing: attempt.id,
                as: changes.change(
                    .connectionLinked, subject: made.connection.id.description, seller: link.seller,
                    by: .shopOwner(link.id)))
        } catch {
            switch error {
            case .conflict(rule: .accountTaken): return .accountTaken
            case .conflict(rule: .linkNotOpen): return .exchangeFailed
            case .notFound, .conflict, .unavailable, .corrupted: throw Problem(error)
            }
        }
        connections.wasEstablished(for: link.seller)
        return .linked
    }
}
