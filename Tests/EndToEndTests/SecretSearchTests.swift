import Foundation
import Gateway
import TestSupport
import Testing

@Suite("The search for secrets")
struct SecretSearchTests {
    private static let key = "q7Gd/Vn2+LrXw0aTz5EbUe9Kc3HyPi8Rf6Sj1MoZ4Yk="
    private static let token = "4f9a01c7d25e83b6a7c0914e5fd2683b"

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }

    /// The forms of a value as they could come about, written down independently of the search.
    static let forms: [(String, Data)] = {
        let bytes = Data(base64Encoded: key) ?? Data()
        let url = key.replacing("+", with: "-").replacing("/", with: "_")
        var forms: [(String, Data)] = [
            ("raw", Data(key.utf8)), ("Base64url", Data(url.utf8)),
            ("JSON-escaped", Data(key.replacing("/", with: "\\/").utf8)),
            ("percent-encoded", Data("q7Gd%2FVn2%2BLrXw0aTz5EbUe9Kc3HyPi8Rf6Sj1MoZ4Yk%3D".utf8)),
            ("percent-encoded in small letters", Data("q7Gd%2fVn2%2bLrXw0aTz5".utf8)),
            ("hex", Data(hex(key.utf8).utf8)), ("hex in capitals", Data(hex(key.utf8).uppercased().utf8)),
            ("the bytes", bytes), ("the bytes in hex", Data(hex(bytes).utf8)),
            ("the first 12 characters", Data(key.utf8.prefix(12))),
            ("the last 12 characters", Data(key.utf8.suffix(12))),
            ("the bytes of a token", Data([0x4f, 0x9a, 0x01, 0xc7, 0xd2, 0x5e, 0x83, 0xb6, 0xa7, 0xc0, 0x91, 0x4e])),
            ("a token in capitals' hex", Data(hex(token.utf8.prefix(12)).uppercased().utf8)),
        ]
        for before in 0..<3 {
            // As part of something longer, as a header is in Base64.
            let text = String(repeating: "x", count: before) + token + ":"
            let encoded = Data(text.utf8).base64EncodedString()
            forms.append(("Base64 behind \(before) bytes", Data(encoded.utf8)))
            let binary = Data(Array("xyz".utf8.prefix(before)) + Array(bytes.prefix(12)) + [0xFF, 0xFE])
            let safe = binary.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            forms.append(("the bytes in Base64url behind \(before)", Data(safe.utf8)))
        }
        return forms
    }()

    private let search = SecretSearch(
        [("keyring", key), ("token", token)].compactMap { PlantedSecret($0.0, $0.1) })

    @Test("finds a planted value in every form, wherever it stands", arguments: forms)
    func finds(form: String, bytes: Data) {
        let random = SeededRandom(seed: 7).source
        for before in [0, 1, 7, 4_096] {
            let place = Data(random.bytes(before)) + bytes + Data(random.bytes(99))
            #expect(search.finds(in: place).contains { $0.offset >= before }, "\(form) behind \(before) bytes")
        }
    }

    @Test("finds nothing where nothing is")
    func findsNothing() {
        let random = SeededRandom(seed: 8).source
        let others = [Data(), Data("q7Gd/Vn2+Lr".utf8), Data(random.bytes(1 << 18)), Data("4f9a01c7d25".utf8)]
        for other in others { #expect(search.finds(in: other).isEmpty) }
    }

    @Test("says what it found and where, and not the secret")
    func saysLittle() {
        let finds = search.finds(in: Data("key=\(Self.key)".utf8))
        #expect(!finds.isEmpty && finds.allSatisfy { $0.kind == "keyring" })
        #expect(finds.first?.offset == 4)
        #expect(!finds.description.contains("q7Gd"))
    }

    @Test("takes no value that is too short to be told from chance")
    func tooShort() {
        #expect(PlantedSecret("code", "TG-12345678") == nil)
        #expect(PlantedSecret("code", "TG-123456789") != nil)
    }
}
