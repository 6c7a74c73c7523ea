import Crypto
import Foundation
import Gateway

/// The provider's signature over id, request and time (REF §4.6); the body is not covered.
struct PanelSignature {
    /// `ts` and the codes of version 1, as the header has them.
    let timestamp: String
    let codes: [[UInt8]]

    /// Reads `ts=…,v1=…`, keys of either case, unknown keys left aside; anything else gives `nil`.
    init?(_ header: String) {
        var timestamp: String?
        var codes: [[UInt8]] = []
        for part in header.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2 else { continue }
            switch pair[0].lowercased() {
            case "ts": timestamp = pair[1]
            case "v1": if let code = Self.bytes(hex: pair[1]) { codes.append(code) }
            default: continue
            }
        }
        guard let timestamp, (1...20).contains(timestamp.utf8.count),
            timestamp.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !codes.isEmpty
        else { return nil }
        self.timestamp = timestamp
        self.codes = codes
    }

    /// Whether one of the secrets made it, the id as it came or in lower case: the provider signs either.
    func isValid(id: String?, request: String?, secrets: [Secret<String>]) -> Bool {
        let ids = id.map { [$0, $0.lowercased()] } ?? [nil]
        return secrets.contains { secret in
            let key = secret.reveal { SymmetricKey(data: Array($0.utf8)) }
            return ids.contains { id in
                let manifest = Array(Self.manifest(id: id, request: request, timestamp: timestamp).utf8)
                return codes.contains {
                    HMAC<SHA256>.isValidAuthenticationCode($0, authenticating: manifest, using: key)
                }
            }
        }
    }

    /// What is signed: a part without a value is left out, the last semicolon stays.
    static func manifest(id: String?, request: String?, timestamp: String) -> String {
        let parts = [("id", id), ("request-id", request), ("ts", timestamp)]
        return parts.compactMap { name, value in
            value.flatMap { $0.trimmingCharacters(in: .whitespaces).isEmpty ? nil : "\(name):\($0);" }
        }.joined()
    }

    private static func bytes(hex text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
