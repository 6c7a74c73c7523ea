import Logging

extension Connections {
    /// Confirms that the account that was linked is the seller's: from now on it is used.
    ///
    /// The connection that was in use until then ends, its webhook put back first.
    ///
    /// - Throws: ``Problem`` with `connection_not_found`, or `state_conflict` where nothing waits to be confirmed.
    public func confirm(_ id: ConnectionID, of seller: Seller, by caller: Caller) async throws(Problem) -> Connection {
        try caller.require(.linksWrite)
        let connection = try await connection(id, of: seller, for: caller)
        guard connection.state == .awaitingConfirmation else {
            throw Problem(
                .stateConflict, "The connection is \(connection.state.rawValue) and waits for no confirmation.",
                extra: ["connection": id.description, "state": connection.state.rawValue])
        }
        let previous = try await inUse(seller.id, with: connection.application)
        var confirmed = connection
        confirmed.state = .configuring
        let events = try await notices.replacing(previous, by: confirmed)
        let change = changes.change(.connectionConfirmed, subject: id.description, seller: seller.id, by: caller)
        try await replacing(previous, isHeld: false) { () async throws(Problem) in
            do throws(StoreError) {
                try await store.confirm(id, events: events, as: change)
            } catch { throw Problem(error) }
        }
        wasEstablished(for: seller.id)
        logger.note("Connection confirmed", [.connection: id, .seller: seller.id])
        return try await self.connection(id, of: seller)
    }

    /// Lets a connection take the place of another one, whose webhook is put back first where the account is another.
    ///
    /// - Parameters:
    ///   - previous: The connection that was in use; `nil` for none.
    ///   - isHeld: Whether the caller keeps it from being refreshed, so that its token is used as it is.
    ///   - work: What establishes the other one.
    /// - Throws: what the work throws.
    func replacing(
        _ previous: Connection?, isHeld: Bool, _ work: @escaping @Sendable () async throws(Problem) -> Void
    ) async throws(Problem) {
        guard let previous else { return try await work() }
        try await registrar.restorePrevious(previous, isHeld: isHeld, andThen: work)
    }

    /// Ends a connection that nobody confirmed in time.
    func lapse(_ connection: Connection) async throws(Problem) {
        let revocation = Revocation(by: .gateway, .notConfirmed)
        try await end(connection, revocation)
        logger.note("Connection ended: nobody confirmed it", at: .notice, [.connection: connection.id])
    }

    /// Looks into what the provider said, that the shop owner took the permission back: ends a connection whose access
    /// token is refused, and forgets what was said of one that works (REF §4.3.3).
    func reviewDeauthorization(of connection: Connection) async throws(Problem) {
        guard let toldAt = connection.deauthorizedAt else { return }
        // No refresh meanwhile: its answer would be of a pair that this ends.
        try await refresher.holding(connection.id) { () async throws(Problem) in
            let access = try await refresher.opened(try await refresher.stored(connection.id))
            switch await refresher.probe(access, connection) {
            case .unknown: return
            case .works:
                do throws(StoreError) {
                    try await store.forgetDeauthorization(of: connection.id, at: toldAt)
                } catch { throw Problem(error) }
                logger.note("Taken back at the provider, and works: kept", [.connection: connection.id])
            case .refused:
                // The webhook stays as it is: nothing here may change it any more.
                try await end(connection, Revocation(by: .shopOwner, .deauthorized))
                logger.note("Connection taken back at the provider", at: .notice, [.connection: connection.id])
            }
        }
    }

    private func end(_ connection: Connection, _ revocation: Revocation) async throws(Problem) {
        let event = try await notices.revoked(connection, revocation)
        let change = changes.change(
            .connectionRevoked, subject: connection.id.description, seller: connection.seller, by: .gateway)
        do {
            try await store.revoke(
                connection.id, ifVersion: connection.version, revocation, event: event, as: change)
        } catch {
            // Whoever changed it meanwhile knows better, and the next look reads it anew.
            if case .conflict = error { return }
            throw Problem(error)
        }
        directory.forget(seller: connection.seller)
    }
}
