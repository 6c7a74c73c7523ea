import Gateway
import HTTPTypes
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("The linking cookie")
struct LinkingCookieTests {
    private let token = LinkToken(base64URL(Array(repeating: 7, count: 32)))!
    private let proof = base64URL(Array(repeating: 9, count: 32))

    @Test("carries every attribute that binds it to this host, by HTTPS")
    func secure() {
        let cookie = LinkingCookie(proof: Secret(proof), token: token, locale: .pt)
        #expect(
            cookie.field(isSecure: true)
                == "__Host-enlace=\(proof).\(token.text).pt; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=600")
    }

    @Test("goes without prefix and Secure on loopback")
    func loopback() {
        let cookie = LinkingCookie(proof: Secret(proof), token: token, locale: .es)
        #expect(
            cookie.field(isSecure: false)
                == "enlace=\(proof).\(token.text).es; Path=/; HttpOnly; SameSite=Lax; Max-Age=600")
    }

    @Test("is read back, and nothing else is")
    func reading() throws {
        let read = try #require(LinkingCookie("\(proof).\(token.text).en"))
        #expect(read.proof == proof)
        #expect(read.token == token)
        #expect(read.locale == .en)
        for other in [
            "", proof, "\(proof).\(token.text)", "\(proof).\(token.text).fr", "\(proof).\(token.text).en.",
            "\(proof).short.en", "short.\(token.text).en", "\(proof)=.\(token.text).en",
        ] {
            #expect(LinkingCookie(other) == nil, "\(other)")
        }
    }
}

@Suite("A page's language")
struct PageLanguageTests {
    private func link(_ locale: PageLocale?) -> OnboardingLink {
        let fixtures = Fixtures()
        return OnboardingLink(
            id: fixtures.ids.next(), seller: fixtures.seller().id, application: fixtures.application().id,
            tokenHash: [], state: .open, locale: locale, returnURL: nil, expectedUser: nil,
            createdAt: fixtures.clock.now, expiresAt: fixtures.clock.now)
    }

    private func language(
        _ asked: String?, started: PageLocale? = nil, _ accepted: String? = nil
    ) -> PageLanguage {
        PageLanguage(asked: asked, started: started, acceptLanguage: accepted)
    }

    @Test("is what was asked for, else the link's, else the browser's, else Spanish")
    func order() {
        #expect(language("pt", "en").inviting(link(.es)) == .pt)
        #expect(language("xx", "en").inviting(link(.pt)) == .pt)
        #expect(language(nil, "en").inviting(link(nil)) == .en)
        #expect(language(nil).inviting(link(nil)) == .es)
        #expect(language(nil, "fr, de;q=0.5").inviting(nil) == .es)
    }

    @Test("stays what this browser started in, once it has")
    func continuing() {
        #expect(language(nil, started: .pt, "en").continuing(link(.es)) == .pt)
        #expect(language("en", started: .pt).continuing(link(.es)) == .en)
        #expect(language(nil, started: .pt, "en").inviting(link(.es)) == .es)
    }

    @Test(
        "follows the weights of Accept-Language",
        arguments: [
            ("pt-BR,pt;q=0.9,en;q=0.8", PageLocale.pt), ("en;q=0.1, es-AR;q=0.7", .es), ("fr-FR, EN-gb;q=0.2", .en),
            ("es;q=0, en;q=0.3", .en), ("*", .es), (";;q=,,", .es), ("en ; q=0.9, pt ; q=1.0", .pt),
        ])
    func weights(header: String, wanted: PageLocale) {
        #expect(language(nil, header).inviting(nil) == wanted)
    }
}

@Suite("A form's origin")
struct SameOriginPolicyTests {
    private let site = HTTPField.Name("Sec-Fetch-Site")!

    private func policy(_ base: String) throws -> SameOriginPolicy {
        SameOriginPolicy(PublicAddress(base: base, keyRing: try testKeyRing()))
    }

    @Test("is ours, unknown or hidden")
    func allowed() throws {
        let policy = try policy("https://Pagos.example.com:443/")
        #expect(policy.allows([:]))
        #expect(policy.allows([site: "same-origin", .origin: "null"]))
        #expect(policy.allows([site: "none"]))
        #expect(policy.allows([.origin: "https://pagos.example.com"]))
        #expect(try self.policy("http://127.0.0.1:8080").allows([.origin: "http://127.0.0.1:8080"]))
    }

    @Test("is refused when it is another's")
    func refused() throws {
        let policy = try policy("https://pagos.example.com")
        #expect(!policy.allows([site: "cross-site"]))
        #expect(!policy.allows([site: "same-site", .origin: "null"]))
        #expect(!policy.allows([site: "cross-site", .origin: "https://pagos.example.com"]))
        #expect(!policy.allows([.origin: "https://pagos.example.com.evil.example"]))
        #expect(!policy.allows([.origin: "http://pagos.example.com"]))
        #expect(!policy.allows([.origin: "https://pagos.example.com:8443"]))
    }
}

@Suite("The small print of a page")
struct PagePrintTests {
    @Test("names a moment by the country's clock and says which that is")
    func moments() {
        let moment = Timestamp(rfc3339: "2026-03-01T01:05:00Z")!
        #expect(
            SpanishCopy().moment(LocalMoment(moment, in: SiteID("MLA")!))
                == "28 de febrero de 2026 a las 22:05 (GMT-3)")
        #expect(
            PortugueseCopy().moment(LocalMoment(moment, in: SiteID("MLB")!))
                == "28 de fevereiro de 2026 às 22:05 (GMT-3)")
        #expect(
            EnglishCopy().moment(LocalMoment(moment, in: SiteID("XXX")!)) == "1 March 2026 at 01:05 (GMT)")
        #expect(
            EnglishCopy().moment(LocalMoment(moment, in: SiteID("MLM")!)) == "28 February 2026 at 19:05 (GMT-6)")
    }

    @Test(
        "links a contact that can only be one thing",
        arguments: [
            ("ayuda@example.com", "mailto:ayuda@example.com"), ("+54 (11) 4000-1234", "tel:+541140001234"),
            ("https://example.com/ayuda?x=1", "https://example.com/ayuda?x=1"), ("javascript:alert(1)", nil),
            ("http://example.com", nil), ("Ana, de 9 a 18", nil), ("a@b@c", nil), ("a@b?cc=x@y", nil), ("12", nil),
            ("data:text/html,x", nil),
        ] as [(String, String?)])
    func contacts(text: String, address: String?) {
        #expect(ContactView.address(of: text) == address)
    }
}
