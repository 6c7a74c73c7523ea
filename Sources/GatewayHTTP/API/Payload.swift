import Foundation
import Gateway
import Hummingbird
import NIOCore

/// A request's body: an object whose members are all known.
protocol RequestPayload: Decodable {
    associatedtype Fields: CodingKey & CaseIterable & RawRepresentable<String>
}

extension RequestPayload {
    /// Reads a body; an empty one is an empty object.
    ///
    /// - Throws: ``Problem/Code/badJSON``, or ``Problem/Code/invalidRequest`` naming the field; never what it held.
    static func read(_ body: [UInt8]) throws(Problem) -> Self {
        let data = Data(body.isEmpty ? Array("{}".utf8) : body)
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw Problem(.badJSON, "Send a JSON object.")
        }
        let known = Set(Fields.allCases.map(\.rawValue))
        if let unknown = object.keys.sorted().first(where: { !known.contains($0) }) {
            // A name that is none of a field's may be a value in the wrong place, and that is never repeated.
            guard unknown.utf8.count <= 32, unknown.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x5F }) else {
                throw Problem(.invalidRequest, "There is a field here whose name no field has.")
            }
            throw .invalid(unknown, "There is no such field here.")
        }
        do {
            return try JSONDecoder().decode(Self.self, from: data)
        } catch DecodingError.keyNotFound(let key, _) {
            throw .invalid(key.stringValue, "This field is required.")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context)
        {
            throw .invalid(context.codingPath.first?.stringValue ?? "", "This field has another type or form.")
        } catch {
            throw Problem(.badJSON, "Send a JSON object.")
        }
    }
}

/// A word from a closed set, or the problem that names its field and the words.
func word<Value: RawRepresentable<String> & CaseIterable>(
    _ text: String, _ field: String
) throws(Problem) -> Value {
    guard let value = Value(rawValue: text) else {
        throw .invalid(field, "Give one of: \(Value.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return value
}

/// Text of a shape, or the problem that names its field.
func shaped<Value: LosslessStringConvertible>(
    _ text: String, _ field: String, _ shape: String
) throws(Problem) -> Value {
    guard let value = Value(text) else { throw .invalid(field, "Give \(shape).") }
    return value
}

extension JSONEncoder {
    /// Snake case, sorted members, no escaped slashes.
    static var gateway: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

/// One page of a list, with the cursor of the next.
struct ListResource<Item: Encodable>: Encodable {
    let data: [Item]
    let next: String?

    enum CodingKeys: CodingKey { case data, next }

    /// `id` names the last item where the page is full.
    init<Value>(_ values: [Value], page: Page, id: KeyPath<Value, String>, _ resource: (Value) -> Item) {
        data = values.map(resource)
        next = values.count == page.limit ? values.last?[keyPath: id] : nil
    }

    /// Takes a page that may be short and yet not the last.
    init(_ data: [Item], next: String?) {
        self.data = data
        self.next = next
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(data, forKey: .data)
        try container.encode(next, forKey: .next)
    }
}
