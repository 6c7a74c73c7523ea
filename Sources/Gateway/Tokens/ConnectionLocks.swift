/// Lets one at a time talk to the token endpoint about a connection: a refresh, or the exchange of a link made anew.
///
/// Either may end what the other is about to store, so their order at the provider must be the order here.
actor ConnectionLocks {
    private var waiting: [ConnectionID: [CheckedContinuation<Void, Never>]] = [:]

    /// Runs the work once nobody else holds the connection; without a connection at once.
    nonisolated func holding<Value: Sendable>(
        _ connection: ConnectionID?, _ work: () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        guard let connection else { return try await work() }
        await acquire(connection)
        do {
            let value = try await work()
            await release(connection)
            return value
        } catch {
            await release(connection)
            throw error
        }
    }

    private func acquire(_ connection: ConnectionID) async {
        guard waiting[connection] != nil else {
            waiting[connection] = []
            return
        }
        await withCheckedContinuation { waiting[connection, default: []].append($0) }
    }

    // It stays held when somebody waits: the next one has it already.
    private func release(_ connection: ConnectionID) {
        guard let queue = waiting[connection], let next = queue.first else {
            waiting[connection] = nil
            return
        }
        waiting[connection] = Array(queue.dropFirst())
        next.resume()
    }
}
