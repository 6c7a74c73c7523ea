import Logging
import Metrics

extension TokenRefresher {
    /// Posts a refresh token once: a place in the spool, a row in the journal, then the call.
    ///
    /// - Parameters:
    ///   - connection: Whose pair.
    ///   - tokens: The pair that is posted.
    ///   - old: The unanswered row that this deliberate last try replaces.
    ///   - isRefused: The provider has just refused the access token.
    /// - Returns: The newest access token that works, as far as is known.
    /// - Throws: ``Problem`` as ``token(of:)`` does.
    func post(
        _ connection: Connection, _ tokens: StoredTokens, superseding old: ULID?, isRefused: Bool
    ) async throws(Problem) -> AccessToken {
        guard let sealed = tokens.refresh else { return try await opened(tokens) }
        let application = try await applications.application(connection.application)
        let clients = try await applications.activeCredentials(of: application)
        let refresh = try await open(sealed, .refreshToken, connection.id, connection.seller)
        // Had before the call, so that what comes can be sealed when the database is gone by then.
        let sealer = try await sealer(for: connection.seller)
        let entry = RefreshEntry(
            id: ids.ulid(), connection: connection.id, generation: tokens.generation, isLastTry: old != nil,
            openedAt: clock.now)
        do { try spool.reserve(entry.id) } catch {
            logger.note("No place for a refresh's answer: nothing is posted", at: .error, [.connection: connection.id])
            guard clock.now < tokens.expiresAt, !isRefused else { throw Problem(StoreError.unavailable) }
            return try await opened(tokens)
        }
        do {
            try await store.openRefresh(entry, superseding: old)
        } catch {
            spool.release(entry.id)
            switch error {
            case .conflict(rule: .refreshOpen): return try await afterOther(tokens)
            case .conflict(rule: .stale): return try await opened(try await stored(connection.id))
            case .notFound, .conflict, .unavailable, .corrupted: throw Problem(error)
            }
        }
        let answer = await posted(refresh.text, as: clients)
        let post = Post(connection: connection, tokens: tokens, entry: entry, superseded: old, sealer: sealer)
        return try await finish(post, answer)
    }

    /// What was posted, for what follows from its answer.
    struct Post: Sendable {
        let connection: Connection
        let tokens: StoredTokens
        let entry: RefreshEntry
        let superseded: ULID?
        let sealer: Sealer
    }

    /// During a rotation of the client secret the older one is tried where the newer is refused in so many words.
    private func posted(
        _ token: Secret<String>, as clients: [ClientCredentials]
    ) async -> Result<TokenGrant, UpstreamError> {
        var answer = Result<TokenGrant, UpstreamError>.failure(.refused(code: "invalid_client", status: 400))
        for client in clients {
            do throws(UpstreamError) { return .success(try await oauth.refresh(token, as: client)) } catch {
                answer = .failure(error)
                guard case .refused("invalid_client", _) = error else { return answer }
            }
        }
        return answer
    }

    private func finish(
        _ post: Post, _ answer: Result<TokenGrant, UpstreamError>
    ) async throws(Problem) -> AccessToken {
        let code: String? = if case .failure(let error) = answer { error.code } else { nil }
        Counter(
            label: MetricName.refreshes.rawValue, dimensions: [("outcome", code == nil ? "stored" : "failed")]
        ).increment()
        switch (RefreshMachine.finish(answer.map { _ in }), answer) {
        case (.store, .success(let grant)):
            guard grant.user.map({ $0 == post.connection.upstreamUser }) ?? true else {
                logger.note("Refresh answered for another account", at: .error, [.connection: post.connection.id])
                try await close(post, .unanswered, "other_account")
                return try await aliveOrUncertain(post)
            }
            refusals.noteSuccess(of: post.connection.application)
            return try await keep(
                grant, of: post.connection, after: post.tokens, closing: post.entry.id, by: post.sealer)
        case (.close(let state), _):
            try await close(post, state, code)
            logger.note(
                "Refresh not done", at: .warning,
                [.connection: post.connection.id, .reason: code ?? "", .state: state.rawValue])
            return try await afterFailure(post, state, answer)
        case (.probe, _), (.store, .failure):
            try await close(post, .refused, code)
            return try await judged(post, code ?? "")
        }
    }

    private func afterFailure(
        _ post: Post, _ state: RefreshEntry.State, _ answer: Result<TokenGrant, UpstreamError>
    ) async throws(Problem) -> AccessToken {
        if case .failure(.refused("invalid_client", _)) = answer {
            // The operator's case: it says nothing about any shop.
            try await stop(post.connection.application, "invalid_client")
        }
        if case .failure(.limited(let wait)) = answer {
            pauses.note(post.connection.application, for: wait, at: clock.now)
        }
        if state == .unanswered { return try await aliveOrUncertain(post) }
        guard case .failure(let error) = answer else { return try await opened(post.tokens) }
        let problem = Problem(error)
        failures.note(problem, of: post.connection.id, at: clock.now)
        guard clock.now < post.tokens.expiresAt else { throw problem }
        return try await opened(post.tokens)
    }

    /// After a post without an answer: the access token if it works, else one last try at once.
    private func aliveOrUncertain(_ post: Post) async throws(Problem) -> AccessToken {
        let access = try await opened(post.tokens)
        if clock.now < access.expiresAt {
            switch await probe(access, post.connection) {
            case .works, .unknown: return access
            case .refused: break
            }
        }
        guard !post.entry.isLastTry else { throw Self.uncertainProblem(post.connection.id) }
        return try await self.post(post.connection, post.tokens, superseding: post.entry.id, isRefused: true)
    }

    // A refusal is believed only after the row was read again and the access token was tried (SEC C2.7).
    private func judged(_ post: Post, _ code: String) async throws(Problem) -> AccessToken {
        let newest = try await stored(post.connection.id)
        guard newest.generation == post.tokens.generation else { return try await opened(newest) }
        let access = try await opened(post.tokens)
        let probed = clock.now < access.expiresAt ? await probe(access, post.connection) : .refused
        guard probed != .unknown else { return access }
        // That a rotated token is refused in its last try says nothing of the application: after a restore there are many.
        let isExplained = post.entry.isLastTry && code == "invalid_grant"
        if !isExplained, refusals.noteRefusal(of: post.connection.id, application: post.connection.application) {
            try await stop(post.connection.application, code)
        }
        let refused: [RefreshEntry]
        do {
            refused = try await store.refreshes(of: post.connection.id, generation: post.tokens.generation)
                .filter { $0.problem == "invalid_grant" }
        } catch { throw Problem(error) }
        let verdict = RefreshMachine.verdict(
            code: code,
            // An earlier one counts as well: it may not have been believed while the application was in doubt.
            isLastTry: post.entry.isLastTry || refused.contains(where: \.isLastTry), isAlive: probed == .works,
            wasRefusedBefore: refused.contains { $0.openedAt < clock.now - .seconds(3600) })
        guard case .relink(let reason) = verdict else { return access }
        if let adopted = try await adoptedFromJournal(post.connection, post.tokens) { return adopted }
        let isStopped = try await isStopped(post.connection.application)
        if !isStopped {
            try await needsRelink(
                try await connection(post.connection.id), reason, until: probed == .works ? access.expiresAt : nil)
        }
        if probed == .works { return access }
        let problem =
            isStopped
            ? Problem(
                .upstreamRefused, "The provider refuses this application. The operator has to look.",
                extra: ["upstream_code": code])
            : Self.relinkProblem(post.connection, reason)
        failures.note(problem, of: post.connection.id, at: clock.now)
        throw problem
    }

    /// Tries the access token of a connection whose refresh went unanswered, and renews what does not work.
    func review(_ id: ConnectionID, ifGeneration generation: Int) async throws(Problem) {
        let connection = try await self.connection(id)
        let access = try await opened(try await stored(id))
        guard access.generation == generation else { return }
        let isRefused = clock.now < access.expiresAt ? await probe(access, connection) == .refused : true
        _ = try await renewed(id, ifGeneration: generation, .sweep, isRefused: isRefused)
    }

    /// What the provider says of an access token.
    enum Probe: Equatable, Sendable {
        case works, refused, unknown
    }

    func probe(_ access: AccessToken, _ connection: Connection) async -> Probe {
        do throws(UpstreamError) {
            let account = try await accounts.account(with: access.value)
            return account.user == connection.upstreamUser ? .works : .refused
        } catch {
            if case .unauthorized = error { return .refused }
            return .unknown
        }
    }

    private func close(_ post: Post, _ state: RefreshEntry.State, _ problem: String?) async throws(Problem) {
        // A last try that used nothing up leaves the generation as unanswered as it was.
        let isUsedUp = state == .unanswered || problem == "invalid_grant" || problem == "unauthorized_client"
        do {
            try await store.closeRefresh(
                post.entry.id, as: state, problem: problem, restoring: isUsedUp ? nil : post.superseded, at: clock.now)
        } catch {
            throw Problem(error)
        }
        spool.release(post.entry.id)
    }
}
