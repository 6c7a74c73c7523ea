/// Named moments at which a test may end the process; the one that ships does nothing.
public struct CrashPoints: Sendable {
    /// The moments of DLV 1.
    public enum Point: String, Sendable, CaseIterable {
        /// A delivery was claimed and not yet sent.
        case claimed
        /// A receiver has answered and nothing was recorded yet.
        case answered
    }

    private let act: @Sendable (Point) -> Void

    /// Takes what to do when a point is reached.
    public init(_ act: @escaping @Sendable (Point) -> Void) {
        self.act = act
    }

    /// Does nothing.
    public static let none = CrashPoints { _ in }

    func reach(_ point: Point) { act(point) }
}
