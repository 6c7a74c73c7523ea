import Crypto
import Testing

@testable import Gateway

@Suite("A sealed value")
struct SealerTests {
    private let ids = IdentifierSource(clock: .system, random: .system)

    private func sealer(_ owner: DataKeyOwner, id: ULID? = nil) -> Sealer {
        Sealer(id: id ?? ids.ulid(), owner: owner, key: SymmetricKey(size: .bits256))
    }

    @Test("opens in its own place")
    func opens() throws {
        let sealer = sealer(.seller(ids.next()))
        let row = ids.ulid()
        let sealed = try sealer.seal(Secret("token"), .accessToken, row: row)
        #expect(try sealer.open(sealed, .accessToken, row: row).text.reveal { $0 } == "token")
    }

    @Test("does not open in another row, for another purpose, or for another seller")
    func moved() throws {
        let key = SymmetricKey(size: .bits256)
        let id = ids.ulid()
        let mine = Sealer(id: id, owner: .seller(ids.next()), key: key)
        let theirs = Sealer(id: id, owner: .seller(ids.next()), key: key)
        let renamed = Sealer(id: ids.ulid(), owner: mine.owner, key: key)
        let row = ids.ulid()
        let sealed = try mine.seal(Secret("token"), .accessToken, row: row)
        #expect(throws: VaultError.doesNotOpen) { try mine.open(sealed, .accessToken, row: ids.ulid()) }
        #expect(throws: VaultError.doesNotOpen) { try mine.open(sealed, .refreshToken, row: row) }
        #expect(throws: VaultError.doesNotOpen) { try theirs.open(sealed, .accessToken, row: row) }
        #expect(throws: VaultError.doesNotOpen) { try renamed.open(sealed, .accessToken, row: row) }
    }

    @Test("does not open when a single byte was changed, or when it was cut")
    func altered() throws {
        let sealer = sealer(.installation)
        let row = ids.ulid()
        let sealed = try sealer.seal(Secret("token"), .clientSecret, row: row)
        for index in sealed.bytes.indices {
            var bytes = sealed.bytes
            bytes[index] ^= 1
            #expect(throws: VaultError.doesNotOpen) {
                try sealer.open(SealedSecret(bytes: bytes), .clientSecret, row: row)
            }
        }
        for length in [0, 3, 20, sealed.bytes.count - 1] {
            let cut = SealedSecret(bytes: Array(sealed.bytes.prefix(length)))
            #expect(throws: VaultError.doesNotOpen) { try sealer.open(cut, .clientSecret, row: row) }
        }
    }

    @Test("never looks the same twice")
    func nonces() throws {
        let sealer = sealer(.installation)
        let row = ids.ulid()
        let sealed = try (0..<100).map { _ in try sealer.seal(Secret("x"), .clientSecret, row: row) }
        #expect(Set(sealed).count == 100)
    }
}

@Suite("Base64url")
struct Base64URLTests {
    @Test("has one spelling a value")
    func spelling() {
        for length in 0..<40 {
            let original = RandomSource.system.bytes(length)
            let text = base64URL(original)
            #expect(bytes(base64URL: text) == original)
            #expect(!text.contains("="))
        }
        #expect(bytes(base64URL: "AB") == nil)
        #expect(bytes(base64URL: "A") == nil)
        #expect(bytes(base64URL: "AA==") == nil)
        #expect(bytes(base64URL: "A+") == nil)
    }
}

@Suite("PKCE")
struct PKCETests {
    @Test("makes the challenge of RFC 7636, appendix B")
    func vector() {
        let verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(PKCE.challenge(for: verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test("makes verifiers of 43 characters")
    func length() {
        #expect(PKCE.verifier(.system).reveal { $0.utf8.count } == 43)
    }
}
