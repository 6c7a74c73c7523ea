/// Finds out what ``ProxyPolicy`` waits for and keeps it in the directory.
public struct ProxyResolver: Sendable {
    /// Enough for a seller's history; its newest connection names the state that a caller is told.
    private static let mostConnections = Page(limit: 50)

    private let store: any APIKeyStore & SellerStore & ConnectionStore & ApplicationStore
    private let token: @Sendable (ConnectionID) async throws(Problem) -> AccessToken
    private let directory: ProxyDirectory
    private let clock: WallClock

    /// Takes the store, the refresher and the caches it fills.
    public init(
        store: any APIKeyStore & SellerStore & ConnectionStore & ApplicationStore, refresher: TokenRefresher,
        directory: ProxyDirectory, clock: WallClock
    ) {
        self.init(store: store, directory: directory, clock: clock) { connection async throws(Problem) in
            try await refresher.token(of: connection)
        }
    }

    init(
        store: any APIKeyStore & SellerStore & ConnectionStore & ApplicationStore, directory: ProxyDirectory,
        clock: WallClock, token: @escaping @Sendable (ConnectionID) async throws(Problem) -> AccessToken
    ) {
        self.store = store
        self.directory = directory
        self.clock = clock
        self.token = token
    }

    /// Fills the need.
    ///
    /// - Throws: ``Problem`` when there is nothing to fill it with: the answer to the caller.
    public func resolve(_ need: ProxyNeed) async throws(Problem) {
        let epoch = directory.epoch
        switch need {
        case .token(let connection):
            let token = try await token(connection)
            // Where it was renewed or revoked on the way, it is not kept and the caller asks once more.
            directory.keep(token, of: connection, at: clock.now, epoch: epoch)
        case .key(let id):
            let key: APIKey?
            do { key = try await store.apiKey(id) } catch { throw Problem(error) }
            guard let key else {
                directory.keepAbsence(of: id, at: clock.now, epoch: epoch)
                throw APIKeys.unauthorized
            }
            directory.keep(key, at: clock.now, epoch: epoch)
        case .seller(let reference):
            do throws(Problem) {
                directory.keep(try await view(reference), at: clock.now, epoch: epoch)
            } catch {
                if error.code == .sellerNotFound {
                    directory.keepAbsence(of: reference, at: clock.now, epoch: epoch)
                }
                throw error
            }
        }
    }

    private func view(_ reference: SellerReference) async throws(Problem) -> ProxyDirectory.SellerView {
        do {
            guard let seller = try await store.seller(reference), seller.state != .erased else {
                throw Problem.sellerNotFound
            }
            var connections: [(connection: Connection, application: Application)] = []
            let filter = ConnectionFilter(seller: seller.id)
            for connection in try await store.connections(filter, page: Self.mostConnections) {
                guard let application = try await store.application(connection.application) else { continue }
                connections.append((connection, application))
            }
            return ProxyDirectory.SellerView(seller: seller, connections: connections)
        } catch let problem as Problem {
            throw problem
        } catch let error as StoreError {
            throw Problem(error)
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }
}
