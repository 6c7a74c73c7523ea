import Foundation

/// A JSON value whose members are known only when it is read.
enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// An object of the members that have a value.
    static func members(_ members: [String: JSONValue?]) -> JSONValue {
        .object(members.compactMapValues { $0 })
    }

    /// A value as its text, nothing for `nil`.
    static func of(_ value: (some CustomStringConvertible)?) -> JSONValue? {
        value.map { .string($0.description) }
    }

    /// A word of a closed set, nothing for `nil`.
    static func of(_ word: (some RawRepresentable<String>)?) -> JSONValue? {
        word.map { .string($0.rawValue) }
    }

    /// A whole number, nothing for `nil`.
    static func of(_ flag: Bool?) -> JSONValue? {
        flag.map { .bool($0) }
    }

    /// A number, or `nil` where there is none.
    static func of(_ number: Int?) -> JSONValue? {
        number.map { .int($0) }
    }

    /// Texts, nothing where there are none.
    static func list(_ texts: [String]) -> JSONValue? {
        texts.isEmpty ? nil : .array(texts.map { .string($0) })
    }

    /// Reads a document; `nil` where the bytes are no JSON.
    init?(parsing bytes: some Sequence<UInt8>) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    /// The document as text, members in alphabetical order.
    func text(isPretty: Bool = false) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        // Only a number without a finite value can't be written, and no document has one.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    /// The member of an object; `nil` elsewhere.
    subscript(_ key: String) -> JSONValue? { members?[key] }

    /// The members of an object.
    var members: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The text of a string.
    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A whole number.
    var int: Int? {
        guard case .int(let number) = self else { return nil }
        return number
    }

    /// A truth value.
    var bool: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    /// The elements of an array.
    var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}

extension JSONValue: Codable {
    /// Reads the first kind that fits; a truth value is never taken for a number.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else {
            self = .double(try container.decode(Double.self))
        }
    }

    /// Writes the plain value.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Writes a string in place.
    init(stringLiteral value: String) { self = .string(value) }

    /// Writes a whole number in place.
    init(integerLiteral value: Int) { self = .int(value) }

    /// Writes a truth value in place.
    init(booleanLiteral value: Bool) { self = .bool(value) }

    /// Writes an array in place.
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// Writes an object in place; the last of two equal members stays.
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
