import Synchronization

/// Says once that something has happened.
public final class Flag: Sendable {
    private let state = Mutex(false)

    /// Starts lowered.
    public init() {}

    /// Whether it has.
    public var isRaised: Bool { state.withLock { $0 } }

    /// Says that it has.
    public func raise() { state.withLock { $0 = true } }
}
