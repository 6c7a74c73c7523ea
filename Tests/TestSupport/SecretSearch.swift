public import Foundation

/// A value that must not lie about.
public struct PlantedSecret: Hashable, Sendable {
    /// What it is, such as `access_token`.
    public let kind: String
    /// What of it only its parties know: without a beginning that every value of its kind has.
    public let text: String

    /// Takes the unknown part; one that is shorter than what is searched for gives `nil`.
    public init?(_ kind: String, _ text: some StringProtocol) {
        guard text.utf8.count >= SecretSearch.length else { return nil }
        self.kind = kind
        self.text = String(text)
    }
}

/// Looks for secrets in whatever a program left behind, in every form that they could have taken (SEC C6.1).
///
/// The first and the last twelve characters of each are searched for, and so any longer part too: raw, as JSON escapes
/// them, percent-encoded, in hex, and in both alphabets of Base64 at each of its three alignments. Where the text
/// itself is hex or Base64, so are the bytes that it stands for.
public struct SecretSearch: Sendable {
    /// So many characters are enough to call it a leak.
    public static let length = 12

    /// Something that was found; it says what and where, never the secret.
    public struct Find: Hashable, Sendable, CustomStringConvertible {
        /// The secret's kind.
        public let kind: String
        /// How it was written.
        public let form: String
        /// Where the first one begins, in bytes.
        public let offset: Int

        /// All of that in one line.
        public var description: String { "\(kind), \(form), at byte \(offset)" }
    }

    private struct Needle {
        let bytes: [UInt8]
        let kind: String
        let form: String
    }

    private static let window = 8
    private static let slots = 1 << 20
    private let needles: [Needle]
    /// The needles by their first eight bytes.
    private let byStart: [UInt64: [Int]]
    /// Which starts there may be, so that most positions need no look into the dictionary.
    private let mayStart: [Bool]

    /// Takes what is looked for.
    public init(_ secrets: some Sequence<PlantedSecret>) {
        var needles: [Needle] = []
        for secret in Set(secrets) {
            for (form, bytes) in Self.forms(of: secret.text) {
                needles.append(Needle(bytes: bytes, kind: secret.kind, form: form))
            }
        }
        var mayStart = [Bool](repeating: false, count: Self.slots)
        var byStart: [UInt64: [Int]] = [:]
        for (index, needle) in needles.enumerated() {
            let start = needle.bytes.prefix(Self.window).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            byStart[start, default: []].append(index)
            mayStart[Self.slot(start)] = true
        }
        self.needles = needles
        self.byStart = byStart
        self.mayStart = mayStart
    }

    /// Everything that stands in these bytes, each kind and form once.
    public func finds(in data: Data) -> [Find] {
        var found: [String: Find] = [:]
        data.withUnsafeBytes { bytes in
            var start: UInt64 = 0
            var end = 0
            while end < bytes.count {
                start = start << 8 | UInt64(bytes[end])
                end += 1
                guard end >= Self.window, mayStart[Self.slot(start)], let candidates = byStart[start] else { continue }
                let offset = end - Self.window
                for needle in candidates.map({ needles[$0] })
                where bytes[offset...].starts(with: needle.bytes) && found[needle.kind + needle.form] == nil {
                    found[needle.kind + needle.form] = Find(kind: needle.kind, form: needle.form, offset: offset)
                }
            }
        }
        return found.values.sorted { $0.offset < $1.offset }
    }

    private static func slot(_ start: UInt64) -> Int { Int((start &* 0x9E37_79B9_7F4A_7C15) >> 44) }

    // MARK: Forms

    private static func forms(of text: String) -> [(String, [UInt8])] {
        let characters = Array(text.utf8)
        var forms = ends(characters).flatMap { part in
            textForms(part).map { ($0.0, $0.1) } + byteForms(part, of: "")
        }
        if let bytes = decoded(text) {
            forms += ends(bytes).flatMap { [("decoded", $0)] + byteForms($0, of: "of what it stands for, ") }
        }
        return forms
    }

    private static func ends(_ bytes: [UInt8]) -> Set<[UInt8]> {
        [Array(bytes.prefix(length)), Array(bytes.suffix(length))]
    }

    private static func textForms(_ part: [UInt8]) -> [(String, [UInt8])] {
        var forms = [("raw", part)]
        func add(_ name: String, _ form: String) {
            if Array(form.utf8) != part { forms.append((name, Array(form.utf8))) }
        }
        let text = String(decoding: part, as: UTF8.self)
        add("JSON-escaped", text.replacing("/", with: "\\/"))
        for isUpper in [true, false] {
            let encoded = part.map { byte in
                let character = Character(Unicode.Scalar(byte))
                let isPlain = character.isLetter || character.isNumber || "-._~".contains(character)
                return isPlain ? String(character) : "%" + hex([byte], isUpper: isUpper)
            }
            add("percent-encoded", encoded.joined())
        }
        return forms
    }

    private static func byteForms(_ part: [UInt8], of what: String) -> [(String, [UInt8])] {
        var forms = [true, false].map { ("\(what)hex", Array(hex(part, isUpper: $0).utf8)) }
        for alignment in 0..<3 {
            let text = Data([UInt8](repeating: 0, count: alignment) + part).base64EncodedString()
            // The characters that no neighbour has a part in.
            let first = (alignment * 8 + 5) / 6
            let end = (alignment + part.count) * 8 / 6
            let own = String(text.dropFirst(first).prefix(end - first))
            let url = own.replacing("+", with: "-").replacing("/", with: "_")
            for form in Set([own, url, own.replacing("/", with: "\\/")]) {
                forms.append(("\(what)Base64", Array(form.utf8)))
            }
        }
        return forms
    }

    private static func hex(_ bytes: [UInt8], isUpper: Bool) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: isUpper) }.joined()
    }

    /// The bytes that hex or Base64 stands for, if they are enough to be looked for.
    private static func decoded(_ text: String) -> [UInt8]? {
        let characters = Array(text)
        let bytes: [UInt8]
        if characters.count.isMultiple(of: 2), characters.allSatisfy(\.isHexDigit) {
            bytes = stride(from: 0, to: characters.count, by: 2).compactMap {
                UInt8(String(characters[$0...$0 + 1]), radix: 16)
            }
        } else {
            let standard = text.replacing("-", with: "+").replacing("_", with: "/")
            let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
            bytes = Data(base64Encoded: standard + padding).map { Array($0) } ?? []
        }
        return bytes.count >= length ? bytes : nil
    }
}
