import Foundation

/// The name-value pairs of a query or of a form, in the order in which they came.
struct FormFields: Sendable {
    /// Decoded pairs, repetitions included.
    var pairs: [(name: String, value: String)] = []

    /// No pairs at all.
    static let none = FormFields()

    private init() {}

    /// Decodes `application/x-www-form-urlencoded` text; nil when an escape is broken.
    init?(encoded text: some StringProtocol) {
        var pairs: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(halves[0]), let value = Self.decoded(halves.count > 1 ? halves[1] : "") else {
                return nil
            }
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    /// The first value of a name.
    subscript(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// The first value of a name unless it is empty.
    func filled(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }

    /// Whether some name comes twice.
    var hasRepetition: Bool { Set(pairs.map(\.name)).count != pairs.count }

    /// Escapes a value for a query: everything outside RFC 3986's unreserved characters.
    static func encoded(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%" + Hex.upper(byte)
            }
        }
        return text
    }

    /// Adds parameters to a URL that may have a query already.
    static func appending(_ parameters: [(String, String)], to url: String) -> String {
        let query = parameters.map { encoded($0.0) + "=" + encoded($0.1) }.joined(separator: "&")
        guard !query.isEmpty else { return url }
        return url + (url.contains("?") ? "&" : "?") + query
    }

    private static func decoded(_ text: some StringProtocol) -> String? {
        text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
    }
}
