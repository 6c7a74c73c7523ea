import Crypto

@testable package import Gateway

/// A proxy policy whose caches a test fills by hand.
package struct ProxyStage {
    package static let routes = ProxyRouteTable(
        routes: [
            ProxyRoute("GET", "/users/me"), ProxyRoute("POST", "/point/devices/{name}/payment-intents"),
            ProxyRoute("GET", "/v1/orders/search"), ProxyRoute("GET", "/v1/orders/{name}"),
            ProxyRoute("POST", "/v1/orders", needsIdempotencyKey: true),
            ProxyRoute("GET", "/intents/{name}", isPolled: true),
            ProxyRoute("POST", "/v1/orders/{name}/events", testOnly: true),
            ProxyRoute("GET", "/users/{own_user}/stores/search"),
        ],
        ownedPaths: ["/oauth/token": "POST /v1/sellers/{seller}/links"])

    /// What passes of the headers.
    package static let headers = HeaderPolicy(
        requestAllowed: ["accept", "content-type", "x-idempotency-key"], responseAllowed: ["content-type", "etag"],
        requestSet: [(name: "user-agent", value: "enlace")], idempotencyHeader: "x-idempotency-key")

    package let make = Fixtures()
    package let directory = ProxyDirectory()
    package let policy: ProxyPolicy
    private let keyRing = KeyRing(
        current: "k1", keys: ["k1": SymmetricKey(size: .bits256)], pepper: SymmetricKey(size: .bits256))

    package let logs = LogCapture()
    /// What the lanes leave of calls.
    package let calls = CallLog()

    /// Starts with nothing in the caches.
    package init(_ limits: ProxyLimits = .standard, routes: ProxyRouteTable = Self.routes) {
        policy = ProxyPolicy(
            directory: directory, routes: routes, headers: Self.headers, keyRing: keyRing, limits: limits,
            clock: make.clock.wallClock, monotonic: make.clock.monotonic, random: SeededRandom(seed: 7).source,
            logger: logs.logger())
    }

    /// A key with its text; it is not in the caches yet.
    package func made(
        mode: Mode = .live, scopes: Set<Scope> = [.proxyRead, .proxyWrite], boundTo seller: SellerID? = nil,
        expiresAt: Timestamp? = nil, revokedAt: Timestamp? = nil
    ) -> (key: APIKey, text: String) {
        let secret = make.bytes(32)
        let key = APIKey(
            id: make.ids.next(), name: "till", mode: mode, scopes: scopes, seller: seller,
            secretHash: keyRing.hashing.mac("api-key", secret), createdAt: make.clock.now, expiresAt: expiresAt,
            revokedAt: revokedAt)
        return (key, APIKeyText.write(mode: mode, id: key.id, secret: secret).reveal { $0 })
    }

    /// The text of a key that is in the caches.
    package func key(
        mode: Mode = .live, scopes: Set<Scope> = [.proxyRead, .proxyWrite], boundTo seller: SellerID? = nil
    ) -> String {
        let (key, text) = made(mode: mode, scopes: scopes, boundTo: seller)
        keep(key)
        return text
    }

    /// Finds nothing out: what a call needs is put into the caches beforehand.
    package func resolver(_ store: any Store) -> ProxyResolver {
        ProxyResolver(store: store, directory: directory, clock: make.clock.wallClock) {
            _ async throws(Problem) in throw Problem.sellerNotFound
        }
    }

    /// Gives a token of the next generation, as often as it is asked, for an answer that says `invalid_token`.
    package func renewal() -> ProxyRenewal {
        ProxyRenewal(
            directory: directory, clock: make.clock.wallClock, monotonic: make.clock.monotonic,
            isTokenRefused: { _, body in String(decoding: body, as: UTF8.self).contains("invalid_token") },
            renew: { [self] connection, generation async throws(Problem) in
                keepToken(connection, "RENEWED-\(generation + 1)", generation: generation + 1)
            })
    }

    /// Puts a key into the caches.
    package func keep(_ key: APIKey) { directory.keep(key, at: make.clock.now, epoch: directory.epoch) }

    /// Puts a seller with its connections into the caches.
    package func keep(_ seller: Seller, _ connections: [(connection: Connection, application: Application)]) {
        directory.keep(
            ProxyDirectory.SellerView(seller: seller, connections: connections), at: make.clock.now,
            epoch: directory.epoch)
    }

    /// Puts a token into the caches and answers its text.
    @discardableResult
    package func keepToken(_ connection: Connection, lifetime: Duration = .seconds(3600)) -> String {
        let text = "APP_USR-\(connection.id)"
        keepToken(connection.id, text, generation: 1, lifetime: lifetime)
        return text
    }

    /// Puts a token of that generation into the caches.
    @discardableResult
    package func keepToken(
        _ connection: ConnectionID, _ text: String, generation: Int, lifetime: Duration = .seconds(3600)
    ) -> AccessToken {
        let token = AccessToken(
            value: Secret(text), generation: generation, expiresAt: make.clock.now + lifetime)
        directory.keep(token, of: connection, at: make.clock.now, epoch: directory.epoch)
        return token
    }

    /// A connection with its application.
    package func connection(
        of seller: Seller, state: Connection.State = .linked, mode: Mode = .live, user: Int64 = 42
    ) -> (connection: Connection, application: Application) {
        let application = make.application(mode: mode)
        let linked = make.connection(of: seller.id, with: application.id, user: user, state: state)
        guard mode == .test else { return (linked, application) }
        let account = UpstreamAccount(
            user: linked.upstreamUser, nickname: "T", email: nil, site: application.site, isTestUser: true)
        return (
            Connection(
                id: linked.id, seller: seller.id, application: application.id, kind: .oauth, account: account,
                maskedEmail: nil, liveMode: false, scopes: [], refreshable: true, state: state,
                linkedAt: make.clock.now),
            application
        )
    }

    /// A linked seller whose token is in the caches.
    package func linkedSeller(ref: String? = nil, mode: Mode = .live) -> (seller: Seller, connection: Connection) {
        let seller = make.seller(ref: ref)
        let (connection, application) = connection(of: seller, mode: mode)
        keep(seller, [(connection, application)])
        keepToken(connection)
        return (seller, connection)
    }

    /// What the policy says to a call.
    package func decide(
        _ method: String = "GET", _ target: String = "/users/me", key: String, seller: String? = nil,
        _ headers: [(name: String, value: String)] = []
    ) -> ProxyDecision {
        policy.decide(
            ProxyRequest(
                method: method, target: target, seller: seller,
                headers: [("authorization", "Bearer \(key)")] + headers))
    }
}

extension ProxyDecision {
    /// What is sent, if it is sent.
    package var forward: ProxyForward? {
        guard case .forward(let forward) = self else { return nil }
        return forward
    }

    /// The refusal, if it is refused.
    package var problem: Problem? {
        guard case .refuse(let problem) = self else { return nil }
        return problem
    }

    /// What is waited for, if anything.
    package var need: ProxyNeed? {
        guard case .wait(let need) = self else { return nil }
        return need
    }
}
