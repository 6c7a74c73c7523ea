/// A thing with an id of its own, shown as a prefix and a ULID.
public protocol Identified {
    /// The letters before the ULID, with their underscore: `sel_`.
    static var idPrefix: String { get }
}

/// The id of one `Subject`: `sel_01JD…` outside, 16 bytes in the stores.
public struct Identifier<Subject: Identified>: Hashable, Comparable, Sendable, LosslessStringConvertible {
    /// The part that differs from id to id.
    public let ulid: ULID

    /// Names the subject that has this ULID.
    public init(_ ulid: ULID) {
        self.ulid = ulid
    }

    /// Reads prefix and 26 characters; anything else gives `nil`.
    public init?(_ text: String) {
        guard text.hasPrefix(Subject.idPrefix), let ulid = ULID(String(text.dropFirst(Subject.idPrefix.count))) else {
            return nil
        }
        self.ulid = ulid
    }

    /// Prefix and ULID, safe to log and to show.
    public var description: String { Subject.idPrefix + ulid.description }

    /// Orders by the text.
    public static func < (left: Identifier, right: Identifier) -> Bool {
        left.ulid < right.ulid
    }
}

/// Makes new ids from the clock and chance that it was given.
public struct IdentifierSource: Sendable {
    private let clock: WallClock
    private let random: RandomSource

    /// Takes the clock for the first 48 bits and the chance for the rest.
    public init(clock: WallClock, random: RandomSource) {
        self.clock = clock
        self.random = random
    }

    /// A fresh id of the wanted kind.
    public func next<Subject>() -> Identifier<Subject> {
        Identifier(ULID(at: clock.now, random: random))
    }

    /// A fresh ULID for a row that has no id of its own outside.
    public func ulid() -> ULID {
        ULID(at: clock.now, random: random)
    }
}

extension Identifier: Codable {
    /// Reads the text form.
    ///
    /// - Throws: `DecodingError.dataCorrupted` for text that is no id of this kind.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let identifier = Identifier(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected an id that starts with \(Subject.idPrefix)")
        }
        self = identifier
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
