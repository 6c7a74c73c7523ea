import Gateway
import NIOCore
import Testing

@testable import DeliveryHTTP

@Suite("An endpoint's URL")
struct EndpointURLTests {
    private static let strict = DeliveryConfiguration(allowedPorts: [443], allowLoopback: false, caFile: nil)
    private static let development = DeliveryConfiguration(allowedPorts: [443], allowLoopback: true, caFile: nil)

    @Test(
        "is refused with its reason",
        arguments: [
            ("http://example.com/", EndpointURLError.scheme), ("ftp://example.com/", .scheme),
            ("example.com", .malformed),
            ("https://", .malformed), ("https:///x", .malformed), ("https://example.com:8443/", .port),
            ("https://example.com:0/", .port), ("https://example.com:99999/", .port), ("https://example.com:/", .port),
            ("https://example.com:+443/", .port), ("https://user@example.com/", .userinfo),
            ("https://user:pw@example.com/", .userinfo), ("https://example.com/#part", .malformed),
            ("https://example.com/a b", .malformed), ("https://example.com\\@evil.example/", .malformed),
            ("https://exa\u{00F1}ple.com/", .malformed), ("https://-x.example/", .malformed),
            ("https://a..example/", .malformed), ("https://example.com./", .addressForm),
            ("https://2130706433/", .addressForm), ("https://0x7f000001/", .addressForm),
            ("https://0177.0.0.1/", .addressForm), ("https://127.1/", .addressForm),
            ("https://127.0.0.01/", .addressForm), ("https://1.2.3.256/", .addressForm),
            ("https://[::1/", .malformed), ("https://[zz::1]/", .addressForm),
            ("https://[fe80::1%25eth0]/", .addressForm),
            ("http://127.0.0.1:9000/", .scheme), ("http://localhost/", .scheme),
        ])
    func refused(text: String, reason: EndpointURLError) {
        #expect(throws: reason) { try EndpointURL(text, Self.strict) }
    }

    @Test(
        "is not the gateway's own, however it is written",
        arguments: ["https://pay.example.com/x", "https://PAY.example.com:443/", "https://pay.example.com"])
    func own(text: String) throws {
        let configuration = DeliveryConfiguration(
            allowedPorts: [443, 8443], allowLoopback: false, caFile: nil, publicURL: "https://pay.example.com")
        #expect(throws: EndpointURLError.blockedAddress) { try EndpointURL(text, configuration) }
        _ = try EndpointURL("https://pay.example.com:8443/", configuration)
        _ = try EndpointURL("https://shop.pay.example.com/", configuration)
    }

    @Test("is read into what is called")
    func read() throws {
        let url = try EndpointURL("https://Hooks.Example.com/a/b?x=1", Self.strict)
        #expect(url.host == "hooks.example.com")
        #expect(url.port == 443)
        #expect(url.target == "/a/b?x=1")
        #expect(url.authority == "hooks.example.com")
        #expect(url.literal == nil)
        #expect(try EndpointURL("https://example.com?x=1", Self.strict).target == "/?x=1")
    }

    @Test("may be this machine in clear on any port in development only")
    func development() throws {
        let url = try EndpointURL("http://127.0.0.1:9000/hook", Self.development)
        #expect(!url.isSecure)
        #expect(url.port == 9000)
        #expect(throws: EndpointURLError.scheme) { try EndpointURL("http://example.com/", Self.development) }
        #expect(throws: EndpointURLError.port) { try EndpointURL("https://example.com:9000/", Self.development) }
    }
}
