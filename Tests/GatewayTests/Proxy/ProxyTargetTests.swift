import Testing

@testable import Gateway

@Suite("A proxy target")
struct ProxyTargetTests {
    @Test(
        "is taken byte for byte when it is plain",
        arguments: [
            "/users/me", "/v1/payments/60000000001",
            "/point/integration-api/devices/PAX_A910__SIM0000001/payment-intents",
            "/a/b-c.d~e:f@g",
        ])
    func plain(path: String) throws {
        #expect(try ProxyTarget(path).path == path)
        #expect(try ProxyTarget(path + "?limit=1&offset=%20x").query == "limit=1&offset=%20x")
    }

    static let hostile = [
        "", "users", "//users", "/users//me", "/users/", "/", "/./users", "/users/.", "/users/../x", "/..", "/../",
        "/%2e%2e/users", "/%252e%252e/", "/..%2fusers", "/%5c..%5c", "/..;/users", "/users;a=b", "/users\\me", "/%2F..",
        "/.%0d/", "/users\r\nX: y", "/users\u{0}", "/users me", "/\u{FF0E}\u{FF0E}/", "/\u{C0}\u{AE}", "/users#x",
        "/users%",
        "http://evil.example/users", "/users/%00", "/{users}", "/users|me", "/users\"", "/<users>", "/users^",
        "/users`",
        "/us\u{E9}rs", "/users*", "/users+me", "/users,me", "/users=me", "/users&me", "/users!", "/users$", "/users(",
        "/" + String(repeating: "a", count: 2048),
    ]

    @Test("is refused in any other spelling", arguments: hostile)
    func refused(path: String) {
        #expect { try ProxyTarget(path) } throws: { ($0 as? Problem)?.code == .badPath }
    }

    @Test(
        "is refused when its query carries a token, however it is spelled",
        arguments: [
            "access_token=x", "a=b&access_token=x", "ACCESS_TOKEN=x", "access%5Ftoken=x", "%61ccess_token=x",
            "a=1;access_token=x", "access-token=x", "accessToken=x",
        ])
    func tokens(query: String) {
        #expect { try ProxyTarget("/users/me?\(query)") } throws: { ($0 as? Problem)?.code == .badPath }
    }

    @Test("is refused when its query is too long or not visible ASCII")
    func queries() {
        for query in [String(repeating: "a", count: 4097), "a=\u{E9}", "a=b c", "a=b#c"] {
            #expect { try ProxyTarget("/users/me?\(query)") } throws: { ($0 as? Problem)?.code == .badPath }
        }
    }
}
