/// Proof Key for Code Exchange, method S256 only (RFC 7636).
enum PKCE {
    /// A verifier of 43 characters, from 32 random bytes (§4.1).
    static func verifier(_ random: RandomSource) -> Secret<String> {
        Secret(base64URL(random.bytes(32)))
    }

    /// BASE64URL(SHA-256(verifier)) (§4.2).
    static func challenge(for verifier: Secret<String>) -> String {
        verifier.reveal { base64URL(sha256($0)) }
    }
}
