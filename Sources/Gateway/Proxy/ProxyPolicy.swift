/// A proxied request as a lane read it, before anything was decided.
public struct ProxyRequest: Sendable {
    /// Upper-case method.
    public let method: String
    /// The target behind the proxy's prefix, from its first slash on, with its query.
    public let target: String
    /// The seller in the path, or `nil` on `/proxy/…`.
    public let seller: String?
    /// All headers as they came, names in lower case.
    public let headers: [(name: String, value: String)]

    /// Takes what the lane read.
    public init(method: String, target: String, seller: String?, headers: [(name: String, value: String)]) {
        self.method = method
        self.target = target
        self.seller = seller
        self.headers = headers
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// What a lane has to do with a request.
public enum ProxyDecision: Sendable {
    /// Send this upstream.
    case forward(ProxyForward)
    /// Answer this.
    case refuse(Problem)
    /// Let ``ProxyResolver`` find this out, then decide again.
    case wait(ProxyNeed)
}

/// Something that the caches don't hold yet.
public enum ProxyNeed: Hashable, Sendable {
    case key(APIKeyID)
    case seller(SellerReference)
    case token(ConnectionID)
}

/// A request as it goes upstream.
public struct ProxyForward: Sendable {
    /// Upper-case method.
    public let method: String
    /// Path and query, byte for byte as they were matched.
    public let target: String
    /// All headers, the token last and once (SEC C4.6).
    public let headers: [(name: String, value: Secret<String>)]
    /// The route that let it through, for logs and metrics.
    public let route: ProxyRoute
    /// Whose call.
    public let seller: SellerID
    /// Through which connection.
    public let connection: ConnectionID
    /// By which key.
    public let key: APIKeyID
    /// The idempotency key that the gateway made, to be returned to the caller.
    public let madeIdempotencyKey: String?
    /// Which of the upstream's headers pass to the caller, in lower case.
    public let responseAllowed: Set<String>
}

/// Decides about proxied requests: key, seller, connection, route, headers, token.
///
/// Pure and synchronous over the caches of ``ProxyDirectory``; knows nothing of any HTTP library, so that every lane
/// decides alike (DESIGN §7).
public struct ProxyPolicy: Sendable {
    private let directory: ProxyDirectory
    private let routes: ProxyRouteTable
    private let headers: HeaderPolicy
    private let hashing: KeyedHash
    private let checkedKeys = CheckedKeys()
    private let clock: WallClock
    private let random: RandomSource

    /// Takes the caches, the provider's tables and what keys are checked with.
    public init(
        directory: ProxyDirectory, routes: ProxyRouteTable, headers: HeaderPolicy, keyRing: KeyRing,
        clock: WallClock, random: RandomSource
    ) {
        self.directory = directory
        self.routes = routes
        self.headers = headers
        hashing = keyRing.hashing
        self.clock = clock
        self.random = random
    }

    /// What to do with a request, as far as the caches tell.
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

    private enum Undecided: Error {
        case refused(Problem)
        case missing(ProxyNeed)
    }

    private func forward(_ request: ProxyRequest, at moment: Timestamp) throws(Undecided) -> ProxyForward {
        let principal = try principal(request, at: moment)
        let scope: Scope = request.method == "GET" || request.method == "HEAD" ? .proxyRead : .proxyWrite
        let target: ProxyTarget
        do throws(Problem) {
            try principal.require(scope)
            try Self.check(request)
            target = try ProxyTarget(request.target)
        } catch { throw .refused(error) }
        let view = try seller(request, principal, at: moment)
        let connection = try connection(request, view, principal)
        guard let route = routes.route(request.method, target.path, ownUser: connection.upstreamUser),
            !route.testOnly || !connection.liveMode
        else { throw .refused(routes.refusal(request.method, target.path)) }
        guard let token = directory.token(connection.id, at: moment) else { throw .missing(.token(connection.id)) }
        let passed = passed(request)
        let made = try madeIdempotencyKey(passed, route)
        return ProxyForward(
            method: request.method, target: target.query.map { "\(target.path)?\($0)" } ?? target.path,
            headers: sent(passed, made, token), route: route, seller: view.seller.id, connection: connection.id,
            key: principal.key, madeIdempotencyKey: made, responseAllowed: headers.responseAllowed)
    }

    /// Refuses headers by which two servers might read one request differently (SEC C4.3, C4.5).
    private static func check(_ request: ProxyRequest) throws(Problem) {
        for (name, _) in request.headers {
            guard !overridingHeaders.contains(name) else {
                throw .invalid(name, "Send the method in the request line alone.")
            }
            guard !name.utf8.contains(UInt8(ascii: "_")) else {
                throw .invalid(String(name.prefix(64)), "Send no header with an underscore in its name.")
            }
        }
    }

    private static let overridingHeaders: Set<String> = [
        "x-http-method-override", "x-http-method", "x-method-override",
    ]

    private func principal(_ request: ProxyRequest, at moment: Timestamp) throws(Undecided) -> Principal {
        var value: String?
        for header in request.headers where header.name == "authorization" {
            guard value == nil else { throw .refused(APIKeys.unauthorized) }
            value = header.value
        }
        guard let value else { throw .refused(APIKeys.unauthorized) }
        let name = CheckedKeys.name(value)
        if let checked = checkedKeys.find(name) {
            guard let key = directory.key(checked.id, at: moment) else { throw .missing(.key(checked.id)) }
            guard key.mode == checked.mode, key.isActive(at: moment), key.secretHash == checked.secretHash else {
                throw .refused(APIKeys.unauthorized)
            }
            return Principal(key)
        }
        guard value.prefix(7).lowercased() == "bearer ", let text = APIKeyText(String(value.dropFirst(7))) else {
            throw .refused(APIKeys.unauthorized)
        }
        guard let key = directory.key(text.id, at: moment) else { throw .missing(.key(text.id)) }
        guard key.mode == text.mode, key.isActive(at: moment),
            text.secret.reveal({ hashing.isMAC(key.secretHash, "api-key", $0) })
        else { throw .refused(APIKeys.unauthorized) }
        checkedKeys.keep(name, CheckedKeys.Checked(id: key.id, mode: key.mode, secretHash: key.secretHash))
        return Principal(key)
    }

    private func seller(
        _ request: ProxyRequest, _ principal: Principal, at moment: Timestamp
    ) throws(Undecided) -> ProxyDirectory.SellerView {
        let named = request.seller ?? request.header("enlace-seller")
        let reference: SellerReference
        if let named {
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
        guard let view = directory.seller(wanted, at: moment) else { throw .missing(.seller(wanted)) }
        guard view.seller.isNamed(by: reference) else { throw .refused(.sellerNotFound) }
        guard !directory.isQuarantined(view.seller.id) else { throw .refused(.sellerQuarantined) }
        guard view.seller.state == .active else {
            throw .refused(Problem(.sellerDisabled, "The operator has disabled this seller."))
        }
        return view
    }

    private func connection(
        _ request: ProxyRequest, _ view: ProxyDirectory.SellerView, _ principal: Principal
    ) throws(Undecided) -> Connection {
        let wanted = request.header("enlace-application")
        let usable = view.connections.filter {
            $0.connection.state.isUsable && $0.application.mode == principal.mode
                && (wanted == nil || wanted == $0.application.id.description)
        }
        guard let first = usable.first else {
            let last = view.connections.first?.connection
            if let mode = view.connections.first(where: { $0.connection.state.isUsable })?.application.mode,
                mode != principal.mode
            {
                throw .refused(
                    Problem(.modeMismatch, "The seller is linked in \(mode.rawValue) mode. Use a key of that mode."))
            }
            let awaiting = view.connections.first {
                $0.connection.state == .awaitingConfirmation && $0.application.mode == principal.mode
                    && (wanted == nil || wanted == $0.application.id.description)
            }
            if let awaiting { throw .refused(.notConfirmed(awaiting.connection.id)) }
            throw .refused(
                Problem(
                    .sellerNotLinked,
                    "The seller has no linked account that this key reaches. Send an onboarding link.",
                    extra: ["connection_state": last?.state.rawValue ?? "none"]))
        }
        guard usable.count == 1 else {
            throw .refused(
                Problem(
                    .connectionAmbiguous,
                    "The seller is linked with several applications. Name one in "
                        + "Enlace-Application.",
                    extra: ["applications": usable.map(\.application.id.description).joined(separator: " ")]))
        }
        return first.connection
    }

    /// The key that the provider needs and the caller did not send; `nil` where it did, or where none is needed.
    private func madeIdempotencyKey(
        _ passed: [(name: String, value: String)], _ route: ProxyRoute
    ) throws(Undecided) -> String? {
        let sent = passed.filter { $0.name == headers.idempotencyHeader }
        guard sent.count <= 1, sent.allSatisfy({ !$0.value.isEmpty }) else {
            throw .refused(.invalid(headers.idempotencyHeader, "Send one key, or none."))
        }
        return route.needsIdempotencyKey && sent.isEmpty ? base64URL(random.bytes(24)) : nil
    }

    /// The caller's headers that go upstream.
    private func passed(_ request: ProxyRequest) -> [(name: String, value: String)] {
        // RFC 9110 §7.6.1: what Connection names ends here.
        let nominated = Set(
            request.headers.filter { $0.name == "connection" }
                .flatMap { $0.value.split(separator: ",").map { $0.lowercased().filter { !$0.isWhitespace } } })
        return request.headers.filter { headers.requestAllowed.contains($0.name) && !nominated.contains($0.name) }
    }

    private func sent(
        _ passed: [(name: String, value: String)], _ made: String?, _ token: AccessToken
    ) -> [(name: String, value: Secret<String>)] {
        var sent = passed.map { (name: $0.name, value: Secret($0.value)) }
        for (name, value) in headers.requestSet { sent.append((name, Secret(value))) }
        if let made { sent.append((headers.idempotencyHeader, Secret(made))) }
        sent.append(("authorization", token.value.reveal { Secret("Bearer \($0)") }))
        return sent
    }
}
