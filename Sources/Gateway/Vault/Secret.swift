/// A value that must not be printed: it is lent to a closure and never described.
///
/// It has no `Codable` and no `Equatable`; text, debug text and mirror show nothing of it.
public struct Secret<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let value: Value

    /// Wraps the value where it enters the process.
    public init(_ value: Value) {
        self.value = value
    }

    /// Lends the value to `body`, which must not let it out.
    public func reveal<Result, Failure: Error>(_ body: (Value) throws(Failure) -> Result) throws(Failure) -> Result {
        try body(value)
    }

    /// The same constant for every value.
    public var description: String { "‹secret›" }

    /// The same constant for every value.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
