import Foundation

/// Everything the simulated upstream knows, as one value.
///
/// All rules are synchronous functions in extensions beside their topic; ``Simulator`` guards the value with a lock.
struct World: Sendable {
    let seed: UInt64
    /// Divisor of the waits between notification attempts.
    let timeScale: Double
    private let wall: @Sendable () -> Date

    var generator: SeededGenerator
    var knobs = Knobs()
    /// Seconds that `/_sim/clock/advance` added to the wall clock.
    var clockOffset: TimeInterval = 0
    private var serials: [Serial: Int64] = [:]

    var applications: [String: Application] = [:]
    var users: [Int64: User] = [:]
    var grants: [GrantKey: Grant] = [:]
    var accessTokens: [String: AccessToken] = [:]
    var refreshTokens: [String: RefreshToken] = [:]
    var issued: [GrantKey: IssuedTokens] = [:]
    var refreshPosts: [GrantKey: [RefreshPost]] = [:]
    var codes: [String: AuthorizationCode] = [:]
    var authorizations: [String: AuthorizationRequest] = [:]
    var loginTickets: [String: LoginTicket] = [:]

    /// How many test users each application made.
    var testUsersMade: [String: Int] = [:]

    var integrators: [GrantKey: Integrator] = [:]
    var devices: [String: Device] = [:]
    var intents: [String: PaymentIntent] = [:]
    var payments: [Int64: Payment] = [:]
    var refundIntents: [String: RefundIntent] = [:]
    var orders: [String: Order] = [:]
    var prints: [String: PrintAction] = [:]
    var keyedAnswers: [String: KeyedAnswer] = [:]
    var stores: [Int64: Store] = [:]
    var pointsOfSale: [Int64: PointOfSale] = [:]

    var outbox: [OutgoingNotification] = []
    var deliveries = BoundedLog<DeliveryAttempt>()
    var requests = BoundedLog<RequestRecord>()
    var faults: [Fault] = []
    private(set) var secrets: [IssuedSecret] = []
    private var knownSecrets: Set<IssuedSecret> = []

    /// An empty upstream; call ``World/plantSeedData()`` for the users and the application of the demo.
    init(seed: UInt64, timeScale: Double, wall: @escaping @Sendable () -> Date) {
        self.seed = seed
        self.timeScale = timeScale
        self.wall = wall
        generator = SeededGenerator(seed: seed)
    }

    /// A fresh upstream with the same seed and clock.
    func restarted() -> World {
        var world = World(seed: seed, timeScale: timeScale, wall: wall)
        world.plantSeedData()
        return world
    }

    /// The simulated moment.
    var now: Date { wall().addingTimeInterval(clockOffset) }

    /// A kind of counted id.
    enum Serial: Int64 {
        case user = 200_000_001
        case application = 1_000_000_000_000_001
        case store = 47_000_000
        case pointOfSale = 47_500_001
        case device = 1
        case payment = 60_000_000_001
        case refund = 1_200_000_001
        case notification = 118_000_000_001
        case attempt = 10
    }

    /// The next id of a kind, counting from the kind's first.
    mutating func next(_ serial: Serial) -> Int64 {
        let value = serials[serial] ?? serial.rawValue
        serials[serial] = value + 1
        return value
    }

    /// Keeps a secret value for `/_sim/secrets`, so that a test can look for it where it must not be.
    mutating func remember(_ kind: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        let secret = IssuedSecret(kind: kind, value: value)
        if knownSecrets.insert(secret).inserted { secrets.append(secret) }
    }
}

/// A value that nobody but its two parties may see.
struct IssuedSecret: Hashable, Sendable {
    let kind: String
    let value: String
}
