import Foundation

/// A JSON value whose shape the simulator decides at run time.
enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    /// Reads a document; nil when the bytes are no JSON.
    init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSON.self, from: Data(bytes)) else { return nil }
        self = value
    }

    /// A string, or null for nil.
    static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// The document as text, keys in alphabetical order so that two runs write the same bytes.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }

    /// The member of an object; nil elsewhere and for null.
    subscript(_ key: String) -> JSON? {
        guard case .object(let members) = self, let value = members[key], value != .null else { return nil }
        return value
    }

    /// The members of an object.
    var members: [String: JSON]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The string itself.
    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A string, or a whole number in decimal: several upstream fields float between the two.
    var loose: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        default: nil
        }
    }

    /// A whole number; also read from a decimal string.
    var looseInt: Int64? { loose.flatMap { Int64($0) } }

    /// The whole number itself.
    var int: Int64? {
        guard case .int(let number) = self else { return nil }
        return number
    }

    /// Any number.
    var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    /// The Boolean itself.
    var bool: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    /// The elements of an array.
    var array: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}

extension JSON: Codable {
    /// Reads the first kind that fits; a Boolean is never taken for a number.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([String: JSON].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .int(value)
        } else {
            self = .double(try container.decode(Double.self))
        }
    }

    /// Writes the plain value, without a wrapper.
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

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Writes a string in place.
    init(stringLiteral value: String) { self = .string(value) }

    /// Writes a whole number in place.
    init(integerLiteral value: Int64) { self = .int(value) }

    /// Writes a Boolean in place.
    init(booleanLiteral value: Bool) { self = .bool(value) }

    /// Writes an array in place.
    init(arrayLiteral elements: JSON...) { self = .array(elements) }

    /// Writes an object in place; the last of two equal keys stays.
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
