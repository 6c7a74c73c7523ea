import TestSupport
import Testing

@testable import Gateway

@Suite("A hostile path")
struct HostilePathTests {
    /// Whole segments that mean something else further on.
    private static let segments = [
        "", ".", "..", "%2e", "%2E", "%2e%2e", ".%2e", "%2e.", "%2E%2E", "%252e%252e", "%25252e", "..;", "..;a=b",
        ".;", "..%00", "..%0d", ".%0d", "..%0d%0a", "..%5c", "..\\", "%2e%2e%2f", "%2e%2e/%2e%2e", "../..", "./.",
        "....//", "%c0%ae%c0%ae", "%c0%2e", "%e0%80%ae", "%f0%80%80%ae", "\u{FF0E}\u{FF0E}", "\u{2024}\u{2024}",
        "\u{2025}", "%u002e%u002e", "%uff0e%uff0e", "..\u{0}", "..\u{200B}", "\u{202E}..",
    ]

    /// Characters that end, split, hide or rename what stands around them.
    private static let characters = [
        "%", "%%", "%2", "%zz", "%2f", "%2F", "%252f", "%5c", "%5C", "\\", "%c0%af", "%e0%80%af", "\u{FF0F}",
        "\u{2044}", "\u{2215}", "\u{29F8}", "\u{FF3C}", "%00", "\u{0}", "%0a", "%0d", "%0d%0a", "\r", "\n", "\r\n",
        "\t",
        "%09", " ", "%20", "\u{A0}", "\u{2028}", "\u{85}", "\u{7F}", "\u{1B}", ";", ";a=b", "%3b", "#", "%23",
        "%3f", "|", "^", "`", "{", "}", "<", ">", "\"", "'", "*", "(", ")", "!", "$", "&", "+", ",", "=", "[", "]",
        "\u{E9}", "e\u{301}", "\u{131}", "\u{17F}", "\u{212A}", "\u{FEFF}", "\u{1F4A9}",
    ]

    /// Targets that are no path of this origin, or none in plain form.
    private static let targets = [
        "", "*", "users", "users/me", "./users/me", "../users/me", "?a=b", "#", "//users/me", "///users/me",
        "//evil.example/users/me", "\\\\evil.example\\users", "http://evil.example/users/me",
        "HTTP://evil.example/", "https:/users/me", "evil.example:443", "@evil.example/users/me", "/users/me/",
        "/users/me//", "/users//me", "/users/me/.", "/users/me/..", "/", "/./", "/../", " /users/me", "/users/me ",
        "\t/users/me", "/users/me HTTP/1.1\r\nHost: evil.example", "/users/me\r\nAuthorization: Bearer x",
        "/" + String(repeating: "a", count: 2048), "/" + String(repeating: "a/", count: 1025) + "a",
        "/users/me/?a=b", "/users//me?a=b", "//?a=b", "/..?a=b", "/%2e?a=b",
    ]

    static let corpus: [String] =
        targets
        + segments.flatMap { ["/\($0)/users", "/users/\($0)/me", "/v1/orders/\($0)"] }
        + characters.flatMap { ["/users\($0)/me", "/users/m\($0)e", "/users/\($0)me", "/users/me\($0)"] }

    @Test("comes in more than 300 spellings here")
    func size() {
        #expect(Set(Self.corpus).count > 300)
    }

    @Test("is bad_path in every spelling, before any seller is looked at")
    func refused() {
        let stage = ProxyStage()
        let text = stage.key()
        for target in Self.corpus {
            let decision = stage.decide("GET", target, key: text, seller: "ref:not-in-the-caches")
            #expect(decision.problem?.code == .badPath, "\(target.debugDescription)")
        }
    }

    @Test("says nothing of itself in its refusal")
    func silent() {
        for target in Self.corpus where target.utf8.count > 12 {
            #expect {
                try ProxyTarget(target)
            } throws: { error in
                (error as? Problem).map { !$0.detail.contains(target) } ?? false
            }
        }
    }
}
