import Foundation

/// A JSON value, read from an answer or from the document.
enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Takes what a YAML reader or JSON reader gives.
    init(_ value: Any) {
        self =
            switch value {
            case let value as String: .string(value)
            case let value as Bool: .bool(value)
            case let value as Int: .number(Double(value))
            case let value as Double: .number(value)
            case let value as [Any]: .array(value.map { JSONValue($0) })
            case let value as [String: Any]: .object(value.mapValues { JSONValue($0) })
            default: .null
            }
    }

    /// Reads JSON text.
    init(json: String) throws { self = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)) }

    /// A member of an object, an element of an array by its number; `null` where there is none.
    subscript(name: String) -> JSONValue {
        switch self {
        case .object(let members): members[name] ?? .null
        case .array(let elements): Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil } ?? .null
        default: .null
        }
    }

    /// The text, if it is one.
    var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The elements; none where it is no array.
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    /// The elements that are texts.
    var strings: [String] { elements.compactMap(\.string) }
    /// The members; none where it is no object.
    var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }

    /// The value without this member.
    func without(_ name: String) -> JSONValue {
        var members = members
        members[name] = nil
        return .object(members)
    }
}

extension JSONValue: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    /// The value as JSON text.
    var text: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
}
