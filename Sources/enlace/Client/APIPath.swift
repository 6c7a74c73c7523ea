/// A path of the API, each value percent-encoded as it is put in (RFC 3986 §3.3).
struct APIPath: ExpressibleByStringInterpolation, Sendable {
    /// The path as it is sent.
    let text: String

    /// Takes a path without values.
    init(stringLiteral path: String) {
        text = path
    }

    /// Takes a path with its values.
    init(stringInterpolation path: StringInterpolation) {
        text = path.text
    }

    /// Puts a path together: literals stand as they are written, values are encoded.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        /// Begins empty.
        init(literalCapacity: Int, interpolationCount: Int) {}

        /// Adds what the source code says.
        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// Adds a value as one segment, whatever it holds.
        mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            // `:` and `@` are allowed in a segment, and `ref:…` is spelled with them (DESIGN §2).
            text += value.description.percentEncoded(keeping: ":@")
        }

        /// Adds a path as it is.
        mutating func appendInterpolation(_ path: APIPath) {
            text += path.text
        }
    }
}

extension String {
    /// The text with all but RFC 3986's unreserved characters and `kept` written as `%XX`.
    func percentEncoded(keeping kept: String = "") -> String {
        var encoded: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                encoded.append(byte)
            case _ where "-._~".utf8.contains(byte) || kept.utf8.contains(byte): encoded.append(byte)
            default:
                encoded.append(contentsOf: "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))".utf8)
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
