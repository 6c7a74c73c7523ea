import Synchronization

/// What the proxy knows without asking the store: keys, sellers with their connections, access tokens.
///
/// A bounded cache in memory; every change made by this process forgets what it touched, and nothing is believed for
/// longer than a minute (SEC C3.11).
public final class ProxyDirectory: Sendable {
    /// Nothing is believed for longer.
    static let longestBelief = Duration.seconds(60)
    /// Most entries of each kind; beyond it that kind starts anew.
    static let limit = 100_000
    /// For how long a key or a seller that was not there is not looked for again.
    static let absence = Duration.seconds(5)
    /// Most absences of each kind; beyond it that kind starts anew.
    static let absenceLimit = 10_000

    /// A seller with what its connections need to be chosen from.
    final class SellerView: Sendable {
        let seller: Seller
        let connections: [Linked]

        init(seller: Seller, connections: [(connection: Connection, application: Application)]) {
            self.seller = seller
            self.connections = connections.map { Linked($0.connection, $0.application) }
        }
    }

    /// A connection with the application that it is of.
    final class Linked: Sendable {
        let connection: Connection
        let application: Application

        init(_ connection: Connection, _ application: Application) {
            self.connection = connection
            self.application = application
        }
    }

    private struct Kept<Value> {
        let value: Value
        let until: Timestamp
    }

    private struct State {
        var keys: [APIKeyID: Kept<APIKey>] = [:]
        var sellers: [SellerID: Kept<SellerView>] = [:]
        var refs: [ExternalRef: SellerID] = [:]
        var tokens: [ConnectionID: Kept<AccessToken>] = [:]
        var absentKeys: [APIKeyID: Timestamp] = [:]
        var absentSellers: [SellerReference: Timestamp] = [:]
        var quarantine = Quarantine()
        /// Counts what was forgotten, so that a read which was under way meanwhile is not kept.
        var epoch = 0
    }

    private let state = Mutex(State())

    /// Starts empty.
    public init() {}

    /// A number to be handed to ``keep``; what was forgotten since then is not kept.
    var epoch: Int { state.withLock { $0.epoch } }

    /// Whether a seller is cut off from the provider; known at once, whatever else the caches hold.
    func isQuarantined(_ seller: SellerID) -> Bool { state.withLock { $0.quarantine.since(seller) != nil } }

    /// Takes another quarantine into effect, and forgets every seller and token.
    func use(_ quarantine: Quarantine) {
        state.withLock { state in
            state.epoch += 1
            state.quarantine = quarantine
            state.sellers = [:]
            state.refs = [:]
            state.tokens = [:]
        }
    }

    func key(_ id: APIKeyID, at moment: Timestamp) -> APIKey? {
        state.withLock { $0.keys[id].flatMap { moment < $0.until ? $0.value : nil } }
    }

    func seller(_ reference: SellerReference, at moment: Timestamp) -> SellerView? {
        state.withLock { state in
            let id: SellerID? =
                switch reference {
                case .id(let id): id
                case .external(let ref): state.refs[ref]
                }
            return id.flatMap { state.sellers[$0] }.flatMap { moment < $0.until ? $0.value : nil }
        }
    }

    /// Whether there was no such key a moment ago.
    func isAbsent(_ key: APIKeyID, at moment: Timestamp) -> Bool {
        state.withLock { Self.isRecent($0.absentKeys[key], at: moment) }
    }

    /// Whether there was no such seller a moment ago.
    func isAbsent(_ seller: SellerReference, at moment: Timestamp) -> Bool {
        state.withLock { Self.isRecent($0.absentSellers[seller], at: moment) }
    }

    // What was seen in a future that a clock set back has not reached says nothing.
    private static func isRecent(_ seen: Timestamp?, at moment: Timestamp) -> Bool {
        seen.map { $0 <= moment && moment < $0 + absence } ?? false
    }

    /// Notes that there is no such key.
    func keepAbsence(of key: APIKeyID, at moment: Timestamp, epoch: Int) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            if state.absentKeys.count >= Self.absenceLimit { state.absentKeys = [:] }
            state.absentKeys[key] = moment
        }
    }

    /// Notes that there is no such seller.
    func keepAbsence(of seller: SellerReference, at moment: Timestamp, epoch: Int) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            if state.absentSellers.count >= Self.absenceLimit { state.absentSellers = [:] }
            state.absentSellers[seller] = moment
        }
    }

    func token(_ connection: ConnectionID, at moment: Timestamp) -> AccessToken? {
        state.withLock { state in
            state.tokens[connection].flatMap { moment < $0.until && $0.value.isFresh(at: moment) ? $0.value : nil }
        }
    }

    func keep(_ key: APIKey, at moment: Timestamp, epoch: Int) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            if state.keys.count >= Self.limit { state.keys = [:] }
            state.keys[key.id] = Kept(value: key, until: moment + Self.longestBelief)
        }
    }

    func keep(_ view: SellerView, at moment: Timestamp, epoch: Int) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            if state.sellers.count >= Self.limit {
                state.sellers = [:]
                state.refs = [:]
            }
            state.sellers[view.seller.id] = Kept(value: view, until: moment + Self.longestBelief)
            if let ref = view.seller.externalRef { state.refs[ref] = view.seller.id }
        }
    }

    func keep(_ token: AccessToken, of connection: ConnectionID, at moment: Timestamp, epoch: Int) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            if state.tokens.count >= Self.limit { state.tokens = [:] }
            state.tokens[connection] = Kept(value: token, until: moment + Self.longestBelief)
        }
    }

    /// Forgets a key that was made, changed or revoked.
    func forget(key: APIKeyID) {
        state.withLock { state in
            state.epoch += 1
            state.keys[key] = nil
            state.absentKeys[key] = nil
        }
    }

    /// Forgets a seller that was made or changed, and that any was not there: it may have got another's name.
    func forget(seller: SellerID) {
        state.withLock { state in
            state.epoch += 1
            if !state.absentSellers.isEmpty { state.absentSellers = [:] }
            guard let view = state.sellers.removeValue(forKey: seller)?.value else { return }
            // A ref may be given to another seller, whose view must then be asked for anew.
            if let ref = view.seller.externalRef, state.refs[ref] == seller { state.refs[ref] = nil }
            for linked in view.connections { state.tokens[linked.connection.id] = nil }
        }
    }

    /// Forgets an erased seller and the keys that were bound to it.
    func forget(erased seller: SellerID) {
        forget(seller: seller)
        state.withLock { state in
            state.keys = state.keys.filter { $0.value.value.seller != seller }
            state.refs = state.refs.filter { $0.value != seller }
        }
    }

    func forget(token connection: ConnectionID) {
        state.withLock { state in
            state.epoch += 1
            state.tokens[connection] = nil
        }
    }
}
