/// How an endpoint has answered lately: what opens and closes its breaker, warns its owner and disables it (DLV 10).
///
/// A value that changes by one attempt at a time, inside the transaction that records it.
public struct EndpointHealth: Hashable, Sendable, Codable {
    /// What an attempt says about the endpoint.
    public enum Outcome: Hashable, Sendable {
        case success
        /// Counts against the endpoint; one that is overloaded gets fewer at once.
        case failure(isOverload: Bool)
        /// Counts against its delivery alone, such as an answered 422.
        case neutral
    }

    /// Whether deliveries flow.
    public enum Breaker: String, Sendable, CaseIterable, Codable {
        case closed
        /// One probe at a time, at growing intervals.
        case open
    }

    /// What has to be told or done because of an attempt.
    public enum Signal: Hashable, Sendable {
        /// The breaker opened: deliveries wait for probes to succeed.
        case suspended
        /// Nothing has succeeded for so long.
        case warned(days: Int)
        /// Nothing has succeeded for five days: disabled.
        case disabled
        /// The breaker closed.
        case recovered
    }

    static let openingStreak = 10
    static let openingShare = 0.7
    static let openingAttempts = 10
    static let window = Duration.seconds(300)
    /// One poison event never suspends a healthy endpoint.
    static let openingDeliveries = 3
    static let firstProbe = Duration.seconds(30)
    static let longestProbe = Duration.seconds(600)
    static let closingStreak = 3
    static let disablingSilence = Duration.seconds(120 * 3600)
    static let disablingFailures = 20
    /// A longer time without success is told once each.
    static let warningDays = [1, 3]
    /// Successes that raise a lowered concurrency by one.
    static let raisingSuccesses = 10

    /// Whether deliveries flow.
    public private(set) var breaker = Breaker.closed
    /// The first failure since the last success; `nil` where the last attempt succeeded.
    public private(set) var failingSince: Timestamp?
    /// Consecutive failures.
    public private(set) var failures = 0
    /// When the next probe of an open breaker is due.
    public private(set) var probeAt: Timestamp?
    /// How many deliveries may be under way; `nil` leaves it to the endpoint.
    public private(set) var concurrency: Int?

    private var failed: Set<DeliveryID> = []
    private var windowBegan: Timestamp?
    private var windowAttempts = 0
    private var windowFailures = 0
    private var windowFailed: Set<DeliveryID> = []
    private var probes = 0
    private var probeWait = Self.firstProbe.components.seconds
    private var successes = 0
    private var warned = 0
    /// Whether the concurrency doubles after a pause, where otherwise it grows by one.
    private var isRamping = false

    /// An endpoint that nothing is known against.
    public init() {}

    /// Whether nothing is remembered, so that nothing has to be kept.
    public var isBlank: Bool { self == EndpointHealth() }

    /// Whether the next probe takes the newest delivery, every second one does: the oldest may be the poison.
    public var probesNewest: Bool { !probes.isMultiple(of: 2) }

    /// At most so many may be under way, of the endpoint's own `limit`.
    public func allowed(of limit: Int) -> Int {
        breaker == .open ? 1 : min(limit, concurrency ?? limit)
    }

    /// Begins gently, after a person resumed the endpoint.
    public static var resumed: EndpointHealth {
        var health = EndpointHealth()
        health.ramp()
        return health
    }

    /// Takes in what an attempt brought.
    ///
    /// - Parameters:
    ///   - outcome: What it says about the endpoint.
    ///   - delivery: Whose attempt it was.
    ///   - isProbe: Whether it was sent to try an open breaker; what was under way when it opened is not.
    ///   - limit: The endpoint's own concurrency.
    ///   - moment: When it ended.
    /// - Returns: What follows, in this order.
    public mutating func record(
        _ outcome: Outcome, of delivery: DeliveryID, isProbe: Bool, limit: Int, at moment: Timestamp
    ) -> [Signal] {
        guard breaker == .closed || isProbe else { return [] }
        switch outcome {
        case .neutral: return neutral(at: moment)
        case .success: return succeeded(limit: limit, at: moment)
        case .failure(let isOverload): return failed(delivery, isOverload: isOverload, limit: limit, at: moment)
        }
    }

    /// A probe that says nothing of the endpoint: the next one need not wait, and takes another delivery.
    private mutating func neutral(at moment: Timestamp) -> [Signal] {
        guard breaker == .open else { return [] }
        probes += 1
        probeAt = moment
        return []
    }

    private mutating func succeeded(limit: Int, at moment: Timestamp) -> [Signal] {
        // What is known of a healthy endpoint is nothing, so that its row is not written.
        guard !isBlank else { return [] }
        failingSince = nil
        failures = 0
        failed = []
        warned = 0
        count(isFailure: false, nil, at: moment)
        successes += 1
        guard breaker == .open else {
            raise(limit: limit)
            if windowFailures == 0, concurrency == nil { self = EndpointHealth() }
            return []
        }
        guard successes >= Self.closingStreak else {
            // The next probe need not wait.
            probes += 1
            probeAt = moment
            return []
        }
        self = .resumed
        return [.recovered]
    }

    private mutating func failed(
        _ delivery: DeliveryID, isOverload: Bool, limit: Int, at moment: Timestamp
    ) -> [Signal] {
        failures += 1
        successes = 0
        failingSince = failingSince ?? moment
        if failed.count < Self.openingDeliveries { failed.insert(delivery) }
        count(isFailure: true, delivery, at: moment)
        if isOverload, breaker == .closed {
            concurrency = max(1, allowed(of: limit) / 2)
            isRamping = false
        }
        var signals: [Signal] = []
        if breaker == .open {
            probes += 1
            probeAt = moment + .seconds(probeWait)
            probeWait = min(probeWait * 2, Self.longestProbe.components.seconds)
        } else if mustOpen {
            breaker = .open
            probeWait = Self.firstProbe.components.seconds * 2
            probeAt = moment + Self.firstProbe
            signals.append(.suspended)
        }
        return signals + silence(at: moment)
    }

    private var mustOpen: Bool {
        let byStreak = failures >= Self.openingStreak && failed.count >= Self.openingDeliveries
        let byShare =
            windowAttempts >= Self.openingAttempts && windowFailed.count >= Self.openingDeliveries
            && Double(windowFailures) >= Self.openingShare * Double(windowAttempts)
        return byStreak || byShare
    }

    /// What a long time without success asks for.
    private mutating func silence(at moment: Timestamp) -> [Signal] {
        guard let failingSince else { return [] }
        let silence = moment - failingSince
        if silence >= Self.disablingSilence, failures >= Self.disablingFailures { return [.disabled] }
        let due = Self.warningDays.filter { silence >= .seconds($0 * 86_400) }
        guard due.count > warned, let days = due.last else { return [] }
        warned = due.count
        return [.warned(days: days)]
    }

    private mutating func count(isFailure: Bool, _ delivery: DeliveryID?, at moment: Timestamp) {
        if windowBegan.map({ moment - $0 >= Self.window }) ?? true {
            windowBegan = moment
            windowAttempts = 0
            windowFailures = 0
            windowFailed = []
        }
        windowAttempts += 1
        guard isFailure, let delivery else { return }
        windowFailures += 1
        if windowFailed.count < Self.openingDeliveries { windowFailed.insert(delivery) }
    }

    private mutating func ramp() {
        concurrency = 1
        isRamping = true
    }

    private mutating func raise(limit: Int) {
        guard let allowed = concurrency else { return }
        guard successes >= (isRamping ? allowed : Self.raisingSuccesses) else { return }
        successes = 0
        let raised = isRamping ? allowed * 2 : allowed + 1
        concurrency = raised < limit ? raised : nil
        if concurrency == nil { isRamping = false }
    }
}
