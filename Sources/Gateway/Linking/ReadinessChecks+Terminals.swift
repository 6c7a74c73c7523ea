import Logging

extension ReadinessChecks {
    /// Sets one of a seller's terminals to PDV mode.
    ///
    /// Changes nothing where it is in that mode already.
    ///
    /// - Parameters:
    ///   - terminal: Which one.
    ///   - seller: Whose.
    ///   - application: Which connection is meant, where there are several.
    ///   - caller: Who asks.
    /// - Returns: The terminal as it now is; it follows after a restart.
    /// - Throws: ``Problem/Code/sellerNotLinked``, ``Problem/Code/terminalNotFound``, and what the provider refuses.
    public func setPDV(
        _ terminal: TerminalID, of seller: Seller, application: ApplicationID?, by caller: Caller
    ) async throws(Problem) -> Terminal {
        try caller.require(.sellersAdmin)
        let connection = try await usable(of: seller, application, for: caller.principal)
        return try await setPDV(
            terminal, of: connection,
            as: changes.change(.terminalModeSet, subject: terminal.description, seller: seller.id, by: caller))
    }

    /// The same for the shop owner who has just linked the connection.
    public func setPDV(
        _ terminal: TerminalID, of connection: Connection, byOwner link: OnboardingLinkID, request: String
    ) async throws(Problem) -> Terminal {
        guard connection.state.isUsable else { throw Self.notLinked(connection) }
        return try await setPDV(
            terminal, of: connection,
            as: changes.change(
                .terminalModeSet, subject: terminal.description, seller: connection.seller, by: .shopOwner(link),
                request: request))
    }

    /// One of a seller's terminals as the provider shows it.
    public func terminal(
        _ terminal: TerminalID, of seller: Seller, application: ApplicationID?, for principal: Principal
    ) async throws(Problem) -> Terminal {
        let connection = try await usable(of: seller, application, for: principal)
        return try await find(terminal, of: connection, with: try await refresher.token(of: connection.id).value)
    }

    private func setPDV(
        _ terminal: TerminalID, of connection: Connection, as change: Change
    ) async throws(Problem) -> Terminal {
        let token = try await refresher.token(of: connection.id).value
        let found = try await find(terminal, of: connection, with: token)
        guard found.mode != .pdv else { return found }
        let result = await bounded(Self.patience) { [terminals] () async throws(UpstreamError) in
            try await terminals.setPDV(terminal, with: token)
        }
        sights.forget(connection.id)
        // Unanswered it may have been set all the same: what may have been changed is written down.
        switch result {
        case .success, .failure(.unanswered):
            do { try await store.add([change]) } catch { throw Problem(error) }
        case .failure: break
        }
        do throws(UpstreamError) { try result.get() } catch { throw refusal(error, connection) }
        logger.note(
            "Terminal set to PDV mode",
            [.connection: connection.id, .seller: connection.seller, .terminal: terminal])
        return found.inMode(.pdv)
    }

    private func find(
        _ terminal: TerminalID, of connection: Connection, with token: Secret<String>
    ) async throws(Problem) -> Terminal {
        if let wait = sights.pause(of: connection.id, at: clock.now) {
            throw Problem(UpstreamError.limited(retryAfter: wait))
        }
        let result = await bounded(Self.patience) { [terminals] () async throws(UpstreamError) in
            try await terminals.terminals(with: token)
        }
        let all: [Terminal]
        do throws(UpstreamError) { all = try result.get() } catch { throw refusal(error, connection) }
        guard let found = all.first(where: { $0.id == terminal }) else {
            throw Problem(.terminalNotFound, "The account has no such terminal. Pair it in the provider's app first.")
        }
        return found
    }

    private func refusal(_ error: UpstreamError, _ connection: Connection) -> Problem {
        let problem = Problem(error)
        switch error {
        case .limited(let wait):
            sights.pause(connection.id, for: wait, from: clock.now)
            return problem
        case .refused:
            return Problem(
                .upstreamRefused,
                "The provider refused. The terminal needs a store and a point of sale, and a point of sale can have one "
                    + "terminal in PDV mode.", extra: problem.extra)
        case .notWritten, .unanswered, .unauthorized: return problem
        }
    }

    private func usable(
        of seller: Seller, _ application: ApplicationID?, for principal: Principal
    ) async throws(Problem) -> Connection {
        let connection = try await connection(of: seller, application, for: principal)
        guard let connection, connection.state.isUsable else { throw Self.notLinked(connection) }
        return connection
    }

    private static func notLinked(_ connection: Connection?) -> Problem {
        Problem(
            .sellerNotLinked, "The seller has no linked account that this key reaches. Send an onboarding link.",
            extra: ["connection_state": connection?.state.rawValue ?? "none"])
    }
}
