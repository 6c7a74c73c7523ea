import Crypto

/// SHA-256 of text, the form in which link tokens, `state` and cookies are kept.
public func sha256(_ text: some StringProtocol) -> [UInt8] {
    Array(SHA256.hash(data: Array(text.utf8)))
}

/// SHA-256 of bytes.
func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

/// Whether two digests are equal, compared in constant time.
public func isSameDigest(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
