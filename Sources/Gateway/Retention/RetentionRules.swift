/// For how long what is kept of events and deliveries is kept (DLV 18).
public struct RetentionRules: Hashable, Sendable {
    /// Bodies of events, and notifications as they came.
    public let payloads: Duration
    /// Attempts of deliveries.
    public let attempts: Duration
    /// What became of deliveries, and events without their bodies.
    public let deliveries: Duration
    /// By which a notification that comes again is known.
    public let identities: Duration

    /// A month, a year and a month, and sixty days.
    public static let standard = RetentionRules(payloads: 30, attempts: 30, deliveries: 400, identities: 60)

    /// Takes days; nothing is kept longer than the deliveries that it belongs to.
    public init(payloads: Int, attempts: Int, deliveries: Int, identities: Int) {
        func days(_ number: Int) -> Duration { .seconds(86_400 * Int64(max(1, min(number, deliveries)))) }
        self.payloads = days(payloads)
        self.attempts = days(attempts)
        self.deliveries = days(deliveries)
        self.identities = days(max(identities, payloads))
    }

    /// How long rows of a kind are kept.
    func life(of kind: RetainedKind) -> Duration {
        switch kind {
        case .identities: identities
        case .attempts: attempts
        case .deliveries, .events: deliveries
        }
    }
}
