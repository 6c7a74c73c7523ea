import Logging

extension ReadinessChecks {
    /// What the provider shows of the connection's account.
    func sight(of connection: Connection, patience: Duration) async throws(Problem) -> UpstreamSights.Sight {
        guard connection.state.isUsable else { return UpstreamSights.Sight(nothing: .notLinked) }
        if let recent = sights.recent(connection.id, at: clock.now) { return recent }
        guard sights.pause(of: connection.id, at: clock.now) == nil else {
            return UpstreamSights.Sight(nothing: .limited)
        }
        guard let token = try await usableToken(of: connection) else {
            return UpstreamSights.Sight(nothing: .tokenUnavailable)
        }
        let sight = await look(connection, token, patience)
        sights.keep(sight, of: connection.id, at: clock.now)
        return sight
    }

    private func look(
        _ connection: Connection, _ token: Secret<String>, _ patience: Duration
    ) async -> UpstreamSights.Sight {
        var sight = UpstreamSights.Sight(nothing: .notLinked)
        async let record = asked(connection, patience) { [webhooks] () async throws(UpstreamError) in
            try await webhooks.integrator(with: token)
        }
        sight.terminals = await asked(connection, patience) { [terminals] () async throws(UpstreamError) in
            try await terminals.terminals(with: token)
        }
        // Only what no terminal says already is asked for.
        if case .success(let found) = sight.terminals, !found.contains(where: \.isAssigned) {
            sight.places = await places(connection, token, patience)
        }
        let url = address.webhook(of: connection.id).reveal { $0 }
        sight.webhook = await record.map { record in
            ReadinessEvidence.Webhook(isOurs: record.webhook == url, isValid: record.isValid)
        }
        return sight
    }

    private func places(
        _ connection: Connection, _ token: Secret<String>, _ patience: Duration
    ) async -> Result<ReadinessEvidence.Places, ReadinessEvidence.Gap> {
        let user = connection.upstreamUser
        async let stores = asked(connection, patience) { [terminals] () async throws(UpstreamError) in
            try await terminals.hasStore(user, with: token)
        }
        async let desks = asked(connection, patience) { [terminals] () async throws(UpstreamError) in
            try await terminals.hasPointOfSale(with: token)
        }
        let (hasStore, hasPointOfSale) = (await stores, await desks)
        return hasStore.flatMap { hasStore in
            hasPointOfSale.map { ReadinessEvidence.Places(hasStore: hasStore, hasPointOfSale: $0) }
        }
    }

    /// One call of the provider, given up after `patience`; a 429 leaves it alone for as long as it says.
    func asked<Value: Sendable>(
        _ connection: Connection, _ patience: Duration,
        _ call: @escaping @Sendable () async throws(UpstreamError) -> Value
    ) async -> Result<Value, ReadinessEvidence.Gap> {
        let result = await bounded(patience, call)
        guard case .failure(let error) = result else { return result.mapError { ReadinessEvidence.Gap($0) } }
        if case .limited(let wait) = error { sights.pause(connection.id, for: wait, from: clock.now) }
        logger.note("Readiness not seen", at: .debug, [.connection: connection.id, .reason: error.code])
        return .failure(ReadinessEvidence.Gap(error))
    }

    /// What a call brings, or that nothing came within the time; the call is canceled then.
    func bounded<Value: Sendable>(
        _ limit: Duration, _ call: @escaping @Sendable () async throws(UpstreamError) -> Value
    ) async -> Result<Value, UpstreamError> {
        await withTaskGroup(of: Result<Value, UpstreamError>?.self) { [sleeper] group in
            group.addTask {
                do throws(UpstreamError) { return .success(try await call()) } catch { return .failure(error) }
            }
            group.addTask {
                try? await sleeper.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .failure(.unanswered(status: nil))
        }
    }

    /// A token that works without a refresh; `nil` where there is none.
    ///
    /// A refresh may wait for two minutes, which nobody who asks for a list should: the sweep and the next proxied call
    /// see to it. An account of the integrator's own is granted a new token by one quick call.
    private func usableToken(of connection: Connection) async throws(Problem) -> Secret<String>? {
        if connection.kind != .own {
            let tokens: StoredTokens?
            do { tokens = try await store.tokens(of: connection.id) } catch { throw Problem(error) }
            guard let tokens, clock.now + AccessToken.margin < tokens.expiresAt else { return nil }
        }
        do { return try await refresher.token(of: connection.id).value } catch {
            guard error.code != .storageUnavailable else { throw error }
            logger.note("Readiness not seen", at: .debug, [.connection: connection.id, .reason: error.code.rawValue])
            return nil
        }
    }
}
