public import Logging
import Metrics

/// Decides about proxied requests: key, seller, connection, route, headers, token, limits.
///
/// Synchronous over the caches of ``ProxyDirectory``; knows nothing of any HTTP library, so that every lane decides
/// alike (DESIGN §7).
///
/// A class, as all that is handed on for each call: a struct of a dozen references costs a dozen counts for each copy.
public final class ProxyPolicy: Sendable {
    private let directory: ProxyDirectory
    private let routes: ProxyRouteTable
    private let headers: HeaderPolicy
    private let set: [(name: String, value: Secret<String>)]
    private let hashing: KeyedHash
    private let checkedKeys = CheckedKeys()
    private let traffic: ProxyTraffic
    private let clock: WallClock
    private let monotonic: MonotonicClock
    private let random: RandomSource
    private let logger: Logger

    /// Takes the caches, the provider's tables, what keys are checked with, and the limits.
    public init(
        directory: ProxyDirectory, routes: ProxyRouteTable, headers: HeaderPolicy, keyRing: KeyRing,
        limits: ProxyLimits = .standard, clock: WallClock, monotonic: MonotonicClock, random: RandomSource,
        logger: Logger
    ) {
        self.directory = directory
        self.routes = routes
        self.headers = headers
        set = headers.requestSet.map { ($0.name, Secret($0.value)) }
        hashing = keyRing.hashing
        traffic = ProxyTraffic(limits)
        self.clock = clock
        self.monotonic = monotonic
        self.random = random
        self.logger = logger
    }

    /// What to do with a request, as far as the caches tell.
    ///
    /// A request that is to be forwarded has taken its tokens and its place among the seller's calls: ``ended(_:_:)``
    /// has to be called for it.
    public func decide(_ request: ProxyRequest) -> ProxyDecision {
        do throws(Undecided) {
            return .forward(try forward(request, at: clock.now))
        } catch {
            switch error {
            case .refused(let problem): return .refuse(problem)
            case .missing(let need): return .wait(need)
            }
        }
    }

    /// The same, once `resolver` has found out what the caches lack.
    ///
    /// - Throws: ``Problem`` for whatever is not forwarded.
    public func decided(_ request: ProxyRequest, _ resolver: ProxyResolver) async throws(Problem) -> ProxyForward {
        // Key, seller and token, each once; a cache entry that is forgotten meanwhile costs one more round.
        for _ in 0..<8 {
            switch decide(request) {
            case .forward(let forward): return forward
            case .refuse(let problem): throw problem
            case .wait(let need): try await resolver.resolve(need)
            }
        }
        throw Problem(.overloaded, "What this call needs changes faster than it can be read.", retryAfter: .seconds(1))
    }

    /// Takes in how a forwarded request ended; a lane calls it exactly once for each.
    public func ended(_ forward: ProxyForward, _ outcome: ProxyOutcome) {
        guard let change = traffic.leave(forward.place, outcome, at: monotonic.nanoseconds) else { return }
        let state: String
        switch change {
        case .opened:
            state = "open"
            logger.note(
                "The provider can't be reached; calls through the proxy are refused for the moment", at: .warning)
        case .closed:
            state = "closed"
            logger.note("The provider can be reached again", at: .notice)
        }
        Counter(label: MetricName.breakerChanges.rawValue, dimensions: [("state", state)]).increment()
    }

    /// Whether a call that may be repeated may be repeated just now: at most one in ten is (SEC C4.10).
    ///
    /// To be asked right before it is sent once more.
    public func takeRepeat() -> Bool { traffic.takeRepeat() }

    private enum Undecided: Error {
        case refused(Problem)
        case missing(ProxyNeed)
    }

    private func forward(_ request: ProxyRequest, at moment: Timestamp) throws(Undecided) -> ProxyForward {
        let head = ProxyHead(request.headers)
        let principal = try principal(head, at: moment)
        let isRead = request.method == "GET" || request.method == "HEAD"
        let target: ProxyTarget
        do throws(Problem) {
            try principal.require(isRead ? .proxyRead : .proxyWrite)
            if let flaw = head.flaw { throw flaw }
            target = try ProxyTarget(request.target)
        } catch { throw .refused(error) }
        let view = try seller(request, head, principal, at: moment)
        let linked = try linked(head, view, principal)
        let connection = linked.connection.id
        let route = routes.route(
            request.method, target, for: linked.application, ownUser: linked.connection.upstreamUser)
        guard let route, !route.testOnly || !linked.connection.liveMode else {
            throw .refused(routes.refusal(request.method, target.path))
        }
        guard let token = directory.token(connection, at: moment) else { throw .missing(.token(connection)) }
        let (sent, made) = try sent(request, head, route, token)
        let place: ProxyTraffic.Place
        do throws(ProxyTraffic.Refusal) {
            place = try traffic.enter(
                seller: view.seller.id, application: linked.application.id, isPoll: route.isPolled,
                at: monotonic.nanoseconds)
        } catch { throw .refused(error.problem) }
        return ProxyForward(
            method: request.method, target: request.target, headers: sent, route: route, seller: view.seller.id,
            connection: connection, key: principal.key, madeIdempotencyKey: made,
            responseAllowed: headers.responseAllowed,
            // A key sent on a route that knows none protects from nothing (REF §3.7).
            isReplaySafe: isRead || route.needsIdempotencyKey, tokenGeneration: token.generation, place: place)
    }

    private func principal(_ head: ProxyHead, at moment: Timestamp) throws(Undecided) -> Principal {
        guard let bearer = head.bearer else { throw .refused(APIKeys.unauthorized) }
        let name = CheckedKeys.name(bearer)
        if let checked = checkedKeys.find(name) {
            guard let key = directory.key(checked.id, at: moment) else { throw missing(checked.id, at: moment) }
            guard key.mode == checked.mode, key.isActive(at: moment), key.secretHash == checked.secretHash else {
                throw .refused(APIKeys.unauthorized)
            }
            return Principal(key)
        }
        guard let text = APIKeyText(bearer) else { throw .refused(APIKeys.unauthorized) }
        guard let key = directory.key(text.id, at: moment) else { throw missing(text.id, at: moment) }
        guard key.mode == text.mode, key.isActive(at: moment),
            text.secret.reveal({ hashing.isMAC(key.secretHash, "api-key", $0) })
        else { throw .refused(APIKeys.unauthorized) }
        checkedKeys.keep(name, CheckedKeys.Checked(id: key.id, mode: key.mode, secretHash: key.secretHash))
        return Principal(key)
    }

    private func missing(_ key: APIKeyID, at moment: Timestamp) -> Undecided {
        directory.isAbsent(key, at: moment) ? .refused(APIKeys.unauthorized) : .missing(.key(key))
    }

    private func seller(
        _ request: ProxyRequest, _ head: ProxyHead, _ principal: Principal, at moment: Timestamp
    ) throws(Undecided) -> ProxyDirectory.SellerView {
        let reference: SellerReference
        if let named = request.seller ?? head.seller {
            guard let read = SellerReference(named) else { throw .refused(.sellerNotFound) }
            reference = read
        } else if let own = principal.seller {
            reference = .id(own)
        } else {
            throw .refused(
                Problem(.sellerNotFound, "This key is bound to no seller. Name one in the path or in Enlace-Seller."))
        }
        // A bound key reads its own seller whatever it asked for, so that unknown and foreign cost the same.
        let wanted = principal.seller.map { SellerReference.id($0) } ?? reference
        guard let view = directory.seller(wanted, at: moment) else {
            guard !directory.isAbsent(wanted, at: moment) else { throw .refused(.sellerNotFound) }
            throw .missing(.seller(wanted))
        }
        guard view.seller.isNamed(by: reference) else { throw .refused(.sellerNotFound) }
        guard !directory.isQuarantined(view.seller.id) else { throw .refused(.sellerQuarantined) }
        guard view.seller.state == .active else {
            throw .refused(Problem(.sellerDisabled, "The operator has disabled this seller."))
        }
        return view
    }

    private func linked(
        _ head: ProxyHead, _ view: ProxyDirectory.SellerView, _ principal: Principal
    ) throws(Undecided) -> ProxyDirectory.Linked {
        func isMeant(_ application: Application) -> Bool {
            application.mode == principal.mode
                && (head.application.map { $0 == application.id.description } ?? true)
        }
        var found: ProxyDirectory.Linked?
        for linked in view.connections where linked.connection.state.isUsable && isMeant(linked.application) {
            guard found == nil else {
                let usable = view.connections.filter { $0.connection.state.isUsable && isMeant($0.application) }
                throw .refused(
                    Problem(
                        .connectionAmbiguous,
                        "The seller is linked with several applications. Name one in Enlace-Application.",
                        extra: ["applications": usable.map(\.application.id.description).joined(separator: " ")]))
            }
            found = linked
        }
        if let found { return found }
        if let mode = view.connections.first(where: { $0.connection.state.isUsable })?.application.mode,
            mode != principal.mode
        {
            throw .refused(
                Problem(.modeMismatch, "The seller is linked in \(mode.rawValue) mode. Use a key of that mode."))
        }
        let awaiting = view.connections.first {
            $0.connection.state == .awaitingConfirmation && isMeant($0.application)
        }
        if let awaiting { throw .refused(.notConfirmed(awaiting.connection.id)) }
        throw .refused(
            Problem(
                .sellerNotLinked, "The seller has no linked account that this key reaches. Send an onboarding link.",
                extra: ["connection_state": view.connections.first?.connection.state.rawValue ?? "none"]))
    }

    /// The headers that go upstream, and the idempotency key among them that the gateway made.
    private func sent(
        _ request: ProxyRequest, _ head: ProxyHead, _ route: ProxyRoute, _ token: AccessToken
    ) throws(Undecided) -> (headers: [(name: String, value: Secret<String>)], made: String?) {
        let nominated = head.hasConnection ? Self.nominated(request) : []
        var sent: [(name: String, value: Secret<String>)] = []
        sent.reserveCapacity(request.headers.count + set.count + 2)
        var hasKey = false
        for (name, value) in request.headers where headers.passes(name) {
            if head.hasConnection, nominated.contains(name) { continue }
            if name == headers.idempotencyHeader {
                guard !hasKey, !value.isEmpty else { throw .refused(.invalid(name, "Send one key, or none.")) }
                hasKey = true
            }
            sent.append((name, Secret(value)))
        }
        sent.append(contentsOf: set)
        var made: String?
        if route.needsIdempotencyKey, !hasKey {
            let key = request.madeIdempotencyKey ?? base64URL(random.bytes(24))
            sent.append((headers.idempotencyHeader, Secret(key)))
            made = key
        }
        sent.append(("authorization", token.bearer))
        return (sent, made)
    }

    // RFC 9110 §7.6.1: what Connection names ends here.
    private static func nominated(_ request: ProxyRequest) -> Set<String> {
        Set(
            request.headers.filter { $0.name == "connection" }
                .flatMap { $0.value.split(separator: ",").map { $0.lowercased().filter { !$0.isWhitespace } } })
    }
}
