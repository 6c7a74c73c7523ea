import Logging

extension TokenRefresher {
    /// Moves a connection to `needs_relink` with its event; until the access token dies it keeps working.
    ///
    /// `end` is when it dies, where a probe has just shown that it works.
    func needsRelink(
        _ connection: Connection, _ reason: Connection.RelinkReason, until end: Timestamp? = nil
    ) async throws(Problem) {
        guard connection.state != .needsRelink else { return }
        var changed = connection
        changed.state = .needsRelink
        changed.reason = reason
        changed.refreshUncertain = false
        let event = try await notices.needsRelink(changed, reason, until: end)
        try await change(changed, event, .connectionNeedsRelink)
    }

    /// Moves a connection to `needs_relink` whose access token has died and that has nothing to renew it with.
    ///
    /// The provider is asked first, so that a clock that was set wrongly ends no shop.
    func expire(_ id: ConnectionID, ifGeneration generation: Int) async throws(Problem) {
        let tokens = try await stored(id)
        guard tokens.generation == generation, tokens.refresh == nil else { return }
        let connection = try await connection(id)
        guard await probe(try await opened(tokens), connection) == .refused else { return }
        try await needsRelink(connection, .expired)
    }

    /// Moves a connection back to `linked` once its tokens were renewed after all.
    func repaired(_ connection: Connection) async throws(Problem) {
        guard connection.state == .needsRelink else { return }
        var changed = connection
        changed.state = .linked
        changed.reason = nil
        let event = try await notices.repaired(changed)
        try await change(changed, event, .connectionRepaired)
    }

    private func change(
        _ connection: Connection, _ event: EventDraft, _ action: AuditAction
    ) async throws(Problem) {
        do {
            try await store.update(
                connection, event: event,
                as: changes.change(
                    action, subject: connection.id.description, seller: connection.seller, by: .gateway))
        } catch {
            // Whoever changed it meanwhile knows better.
            if case .conflict(rule: .stale) = error { return }
            throw Problem(error)
        }
        directory.forget(seller: connection.seller)
    }

    /// Stops an application's sweep until an operator resumes it, and says so (DESIGN §6).
    func stop(_ id: ApplicationID, _ reason: String) async throws(Problem) {
        let application = try await applications.application(id)
        guard application.refreshStop == nil else { return }
        let event = try await notices.credentialsFailing(application, reason)
        do {
            try await store.stopRefreshing(
                id, Application.RefreshStop(at: clock.now, reason: reason), event: event,
                as: changes.change(.applicationRefreshStopped, subject: id.description, by: .gateway))
        } catch {
            // Stopped meanwhile.
            if case .conflict(rule: .state) = error { return }
            throw Problem(error)
        }
        logger.note("Refreshing stopped for an application", at: .error, [.application: id, .reason: reason])
    }

    /// Lets an application's sweep go on, once the operator has put right what the provider refused.
    ///
    /// - Throws: ``Problem`` with `application_not_found`, or `state_conflict` when it is not stopped.
    func resume(_ id: ApplicationID, by caller: Caller) async throws(Problem) {
        do {
            try await store.resumeRefreshing(
                id, as: changes.change(.applicationRefreshResumed, subject: id.description, by: caller))
        } catch {
            switch error {
            case .notFound: throw Problem(.applicationNotFound, "There is no such application. Check the id.")
            case .conflict: throw Problem(.stateConflict, "The renewal of its tokens is not stopped.")
            case .unavailable, .corrupted: throw Problem(error)
            }
        }
        refusals.noteSuccess(of: id)
    }

    func isStopped(_ id: ApplicationID) async throws(Problem) -> Bool {
        try await applications.application(id).refreshStop != nil
    }
}
