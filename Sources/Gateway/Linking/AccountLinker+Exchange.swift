import Logging

extension AccountLinker {
    /// Exchanges the code, reads the account, checks it, and makes the connection.
    func link(_ attempt: LinkAttempt, _ code: Secret<String>) async throws(Problem) -> LinkAttempt.Outcome {
        guard let link = try await link(of: attempt) else { return try await ended(attempt, .exchangeFailed) }
        let seller: Seller?
        do { seller = try await store.seller(.id(link.seller)) } catch { throw Problem(error) }
        guard seller?.state == .active else { return try await ended(attempt, .sellerDisabled) }
        return try await holdingAccount(of: link) { () async throws(Problem) in
            guard let entry = try await exchanged(attempt, code, link) else {
                return try await ended(attempt, .exchangeFailed)
            }
            return try await ended(attempt, try await settled(entry, attempt))
        }
    }

    /// Keeps refreshes of the connection that the link may take the place of from running meanwhile.
    func holdingAccount<Value: Sendable>(
        of link: OnboardingLink, _ work: () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        var current = try await connections.inUse(link.seller, with: link.application)
        if current == nil, let user = link.expectedUser {
            do { current = try await store.activeConnection(of: user, with: link.application) } catch {
                throw Problem(error)
            }
        }
        return try await refresher.holding(current?.id, work)
    }

    private func ended(
        _ attempt: LinkAttempt, _ outcome: LinkAttempt.Outcome
    ) async throws(Problem) -> LinkAttempt.Outcome {
        if outcome != .linked { _ = try await end(attempt, outcome) }
        return outcome
    }

    /// Posts the code once: a place in the spool, a row in the journal, then the call; `nil` without an answer.
    private func exchanged(
        _ attempt: LinkAttempt, _ code: Secret<String>, _ link: OnboardingLink
    ) async throws(Problem) -> ExchangeEntry? {
        let application = try await applications.application(attempt.application)
        let client = try await applications.credentials(of: application)
        let request = CodeExchange(
            code: code, verifier: try await verifier(of: attempt),
            redirectURI: applications.redirectURI(of: application.id))
        // Had before the call, so that what comes can be sealed when the database is gone by then.
        let sealer: Sealer
        do { sealer = try await vault.sealer(for: .seller(link.seller)) } catch { throw Problem(error) }
        let entry = ExchangeEntry(id: ids.ulid(), attempt: attempt.id, connection: ids.next(), openedAt: clock.now)
        do { try spool.reserve(entry.id) } catch {
            logger.note("No place for an exchange's answer: nothing is posted", at: .error, [.link: attempt.link])
            throw Problem(StoreError.unavailable)
        }
        do { try await store.openExchange(entry) } catch {
            spool.release(entry.id)
            throw Problem(error)
        }
        let grant: TokenGrant
        do { grant = try await oauth.exchange(request, as: client) } catch {
            logger.note("Code not exchanged", at: .warning, [.link: attempt.link, .reason: error.code])
            try await close(entry, Self.state(after: error), error.code)
            return nil
        }
        return try await kept(grant, entry, sealer)
    }

    private func verifier(of attempt: LinkAttempt) async throws(Problem) -> Secret<String>? {
        guard let sealed = attempt.verifier else { return nil }
        do {
            return try await vault.open(sealed, .pkceVerifier, row: attempt.id.ulid, owner: .installation).text
        } catch {
            throw Problem(error)
        }
    }

    /// Keeps what came before anything else reads it: in the journal, in the spool if the database refuses it.
    private func kept(
        _ grant: TokenGrant, _ entry: ExchangeEntry, _ sealer: Sealer
    ) async throws(Problem) -> ExchangeEntry {
        let answer: SealedGrant
        do { answer = try SealedGrant(grant, for: entry.connection, at: clock.now, by: sealer) } catch {
            throw Problem(error)
        }
        do throws(StoreError) {
            try await store.keepAnswer(answer, ofExchange: entry.id)
            spool.release(entry.id)
        } catch {
            do {
                try spool.keep(answer.packed, for: entry.id)
                logger.note("Answer of an exchange kept in the spool", at: .error, [.connection: entry.connection])
            } catch {
                logger.note(
                    "Answer of an exchange kept in memory only", at: .critical, [.connection: entry.connection])
            }
        }
        return entry.answered(answer)
    }

    private func close(
        _ entry: ExchangeEntry, _ state: ExchangeEntry.State, _ problem: String
    ) async throws(Problem) {
        spool.release(entry.id)
        do {
            try await store.closeExchange(entry.id, as: state, problem: problem, leaving: nil, at: clock.now)
        } catch {
            throw Problem(error)
        }
    }

    private static func state(after error: UpstreamError) -> ExchangeEntry.State {
        switch error {
        case .notWritten: .notWritten
        case .limited, .refused: .refused
        case .unanswered, .unauthorized: .unanswered
        }
    }
}
