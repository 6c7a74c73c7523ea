import Logging

extension AccountLinker {
    /// Reads the account that an answer is for, checks it, and makes the connection.
    ///
    /// An account that can't be read just now leaves the answer in the journal; ``settleWaiting()`` comes back to it.
    func settled(_ entry: ExchangeEntry, _ attempt: LinkAttempt) async throws(Problem) -> LinkAttempt.Outcome {
        guard let grant = entry.answer, let link = try await link(of: attempt) else { return .exchangeFailed }
        let application = try await applications.application(attempt.application)
        let access = try await opened(grant.tokens.access, .accessToken, entry.connection, link.seller)
        let account: UpstreamAccount
        do { account = try await accounts.account(with: access) } catch {
            logger.note("Account not readable", at: .warning, [.link: link.id, .reason: error.code])
            if case .unauthorized = error { try await drop(entry, error.code) }
            return .accountUnreadable
        }
        if let refusal = try await refusal(account, entry, grant, link, application) {
            do { try await store.note(refusedAccount: masked(nickname: account.nickname), of: attempt.id) } catch {
                throw Problem(error)
            }
            try await drop(entry, refusal.rawValue, leaving: grant, of: account, link)
            return refusal
        }
        return try await establish(account, entry, grant, link, application)
    }

    /// Why this account must not be linked to this shop, or `nil`.
    private func refusal(
        _ account: UpstreamAccount, _ entry: ExchangeEntry, _ grant: SealedGrant, _ link: OnboardingLink,
        _ application: Application
    ) async throws(Problem) -> LinkAttempt.Outcome? {
        guard grant.user.map({ $0 == account.user }) ?? true,
            link.expectedUser.map({ $0 == account.user }) ?? true
        else { return .accountMismatch }
        guard account.site == application.site else { return .unsupportedSite }
        if let holder = try await holder(of: account, application.id), holder.seller != link.seller {
            return .accountTaken
        }
        if let current = try await connections.inUse(link.seller, with: application.id),
            current.upstreamUser != account.user, !link.allowsAccountChange
        {
            return .accountMismatch
        }
        // Settled late: a link that was made since is newer at the provider too.
        let newest = try await connections.newest(link.seller, with: application.id)
        return newest.map { $0.linkedAt > entry.openedAt } ?? false ? .exchangeFailed : nil
    }

    /// Where a new connection begins: in quarantine, if nobody who may say so has vouched for its account (SEC C1.7).
    ///
    /// An expected account and one that is in use already are known to be the seller's.
    private func beginning(
        of connection: Connection, _ link: OnboardingLink, after previous: Connection?
    ) -> Connection.State {
        let isKnown =
            link.expectedUser == connection.upstreamUser || previous?.upstreamUser == connection.upstreamUser
        return link.confirm && !isKnown ? .awaitingConfirmation : .configuring
    }

    private func establish(
        _ account: UpstreamAccount, _ entry: ExchangeEntry, _ grant: SealedGrant, _ link: OnboardingLink,
        _ application: Application
    ) async throws(Problem) -> LinkAttempt.Outcome {
        var connection = try await connections.made(
            .oauth, seller: link.seller, application: application, account: account, grant: grant)
        let previous = try await connections.inUse(link.seller, with: application.id)
        connection.state = beginning(of: connection, link, after: previous)
        let refusal: LinkAttempt.Outcome
        do throws(Problem) {
            try await establish(connection, grant, entry, link, after: previous)
            spool.release(entry.id)
            connections.wasEstablished(for: link.seller)
            return .linked
        } catch {
            switch error.rule {
            case .accountTaken: refusal = .accountTaken
            case .linkNotOpen: refusal = .exchangeFailed
            case nil, .unique, .stale, .refreshOpen, .exchangeOpen, .idempotencyKey, .inUse, .payloadForgotten, .state:
                throw error
            }
        }
        try await drop(entry, refusal.rawValue, leaving: grant, of: account, link)
        return refusal
    }

    private func establish(
        _ connection: Connection, _ grant: SealedGrant, _ entry: ExchangeEntry, _ link: OnboardingLink,
        after previous: Connection?
    ) async throws(Problem) {
        let isAwaiting = connection.state == .awaitingConfirmation
        var events: [EventDraft] = []
        if let alarm = try await connections.alarm(connection, until: grant.tokens.expiresAt) { events.append(alarm) }
        if isAwaiting {
            events.append(try await connections.notices.awaitingConfirmation(connection, link))
        } else {
            events += try await connections.notices.replacing(previous, by: connection)
        }
        let told = events
        let change = changes.change(
            .connectionLinked, subject: connection.id.description, seller: link.seller, by: .shopOwner(link.id))
        // The same account keeps its webhook; another one's is put back before its token goes.
        let ended = isAwaiting || previous?.upstreamUser == connection.upstreamUser ? nil : previous
        try await connections.replacing(ended, isHeld: true) { () async throws(Problem) in
            do throws(StoreError) {
                try await store.establish(
                    connection, tokens: grant.tokens, finishing: entry.attempt, events: told, as: change)
            } catch { throw Problem(error) }
        }
    }

    /// Destroys an answer that must not be used (SEC C1.7c), but for the pair of an account that is linked already.
    ///
    /// The provider may have ended the pair of that link when it gave this one, so it becomes the link's reserve.
    private func drop(
        _ entry: ExchangeEntry, _ problem: String, leaving grant: SealedGrant, of account: UpstreamAccount,
        _ link: OnboardingLink
    ) async throws(Problem) {
        var pair: KeptPair?
        if let holder = try await holder(of: account, link.application) {
            pair = try await resealed(grant, from: link.seller, for: holder)
        }
        try await drop(entry, problem, leaving: pair)
    }

    func drop(_ entry: ExchangeEntry, _ problem: String, leaving pair: KeptPair? = nil) async throws(Problem) {
        do {
            try await store.closeExchange(
                entry.id, as: .dropped, problem: problem, leaving: pair, at: clock.now)
        } catch { throw Problem(error) }
        spool.release(entry.id)
    }

    private func holder(
        of account: UpstreamAccount, _ application: ApplicationID
    ) async throws(Problem) -> Connection? {
        do { return try await store.activeConnection(of: account.user, with: application) } catch {
            throw Problem(error)
        }
    }

    private func resealed(
        _ grant: SealedGrant, from seller: SellerID, for holder: Connection
    ) async throws(Problem) -> KeptPair? {
        let old = grant.tokens
        let access = try await opened(old.access, .accessToken, old.connection, seller)
        var refresh: Secret<String>?
        if let sealed = old.refresh { refresh = try await opened(sealed, .refreshToken, old.connection, seller) }
        do {
            guard let current = try await store.tokens(of: holder.id) else { return nil }
            let sealer = try await vault.sealer(for: .seller(holder.seller))
            return KeptPair(
                StoredTokens(
                    connection: holder.id, generation: current.generation + 1,
                    access: try sealer.seal(access, .accessToken, row: holder.id.ulid),
                    refresh: try refresh.map { value throws(VaultError) in
                        try sealer.seal(value, .refreshToken, row: holder.id.ulid)
                    }, issuedAt: old.issuedAt, expiresAt: old.expiresAt))
        } catch {
            throw Self.problem(error)
        }
    }

    private func opened(
        _ sealed: SealedSecret, _ purpose: SealPurpose, _ connection: ConnectionID, _ seller: SellerID
    ) async throws(Problem) -> Secret<String> {
        do {
            return try await vault.open(sealed, purpose, row: connection.ulid, owner: .seller(seller)).text
        } catch { throw Problem(error) }
    }
}
