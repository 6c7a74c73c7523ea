import Crypto
import TestSupport
import Testing

@testable import Gateway

@Suite("The gateway's public address")
struct PublicAddressTests {
    private let make = Fixtures()
    private let address = PublicAddress(base: "https://pay.example.com/", keyRing: Self.keyRing())

    private static func keyRing() -> KeyRing {
        KeyRing(
            current: "k1", keys: ["k1": SymmetricKey(size: .bits256)], pepper: SymmetricKey(size: .bits256))
    }

    @Test("is written without a slash at its end")
    func base() {
        let application: ApplicationID = make.ids.next()
        #expect(address.base == "https://pay.example.com")
        #expect(address.redirectURI(of: application) == "https://pay.example.com/oauth/callback/\(application)")
        #expect(address.link(token: Secret("abc")).reveal { $0 } == "https://pay.example.com/link/abc")
        #expect(address.isSecure)
        #expect(!PublicAddress(base: "http://127.0.0.1:8080", keyRing: Self.keyRing()).isSecure)
    }

    @Test("makes webhook paths that it alone can make, each for one thing")
    func webhooks() {
        let application: ApplicationID = make.ids.next()
        let connection: ConnectionID = make.ids.next()
        let app = String(address.webhook(of: application).dropFirst("https://pay.example.com/hooks/app/".count))
        let con = address.webhook(of: connection).reveal {
            String($0.dropFirst("https://pay.example.com/hooks/con/".count))
        }
        #expect(address.application(opaque: app) == application)
        #expect(address.connection(opaque: con) == connection)
        #expect(address.connection(opaque: app) == nil)
        #expect(address.application(opaque: con) == nil)
        // 16 bytes of id and 32 that can't be guessed.
        #expect(con.utf8.count == 64)
        let other = PublicAddress(base: "https://pay.example.com", keyRing: Self.keyRing())
        #expect(other.connection(opaque: con) == nil)
    }

    @Test("knows no path that differs in one character")
    func forged() {
        let con = address.webhook(of: make.ids.next()).reveal { String($0.split(separator: "/").last ?? "") }
        for index in con.indices {
            var other = con
            other.replaceSubrange(index...index, with: con[index] == "A" ? "B" : "A")
            #expect(address.connection(opaque: other) == nil)
        }
        for text in ["", "A", String(con.dropLast()), con + "A", con + "=", "%" + con.dropFirst()] {
            #expect(address.connection(opaque: text) == nil)
        }
    }
}
