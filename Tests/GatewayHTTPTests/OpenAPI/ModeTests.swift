import Gateway
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import GatewayHTTP

@Suite("A key of one mode")
struct ModeTests {
    /// Everything that belongs to a mode, in one mode.
    private struct World {
        let mode: Mode
        let key: String
        let ids: [String: String]

        static func make(
            _ mode: Mode, _ gateway: TestGateway, _ client: any TestClientProtocol
        ) async throws -> World {
            let key = try await gateway.key(mode: mode)
            func posted(_ uri: String, _ body: String) async throws -> String {
                let answer = try await client.call(.post, uri, key: key, body: body)
                #expect(answer.status == 201, "\(uri)")
                return try #require(answer.body["id"].string)
            }
            let application = try await posted(
                "/v1/applications", ModeTests.newApplication(mode, clientID: "1234567890"))
            let seller = try await posted("/v1/sellers", #"{"name": "Sol"}"#)
            let connection = try await posted(
                "/v1/sellers/\(seller)/connections", #"{"kind": "own", "application": "\#(application)"}"#)
            let link = try await posted("/v1/sellers/\(seller)/links", #"{"application": "\#(application)"}"#)
            let made = try await posted("/v1/keys", ModeTests.newKey(mode))
            return World(
                mode: mode, key: key,
                ids: [
                    "application": application, "seller": seller, "connection": connection, "link": link, "key": made,
                    "terminal": "PAX__1",
                ])
        }

        /// Bodies that would be accepted from a key of this mode, by operation.
        var bodies: [String: String] {
            let application = ids["application"] ?? ""
            return [
                "POST /v1/applications": ModeTests.newApplication(mode, clientID: "99"),
                "PATCH /v1/applications/{application}": #"{"name": "Other"}"#,
                "POST /v1/applications/{application}/secrets": #"{"kind": "client", "value": "secret-marker-2"}"#,
                "POST /v1/applications/{application}/test-users": #"{"site": "MLA"}"#,
                "POST /v1/sellers/{seller}/connections": #"{"kind": "own", "application": "\#(application)"}"#,
                "POST /v1/sellers/{seller}/connections/import": ModeTests.grant(application),
                "POST /v1/sellers/{seller}/links": #"{"application": "\#(application)"}"#,
                "POST /v1/keys": ModeTests.newKey(mode),
            ]
        }

        func uri(_ operation: OpenAPIDocument.Operation) -> String {
            ids.reduce(operation.path) { $0.replacing("{\($1.key)}", with: $1.value) }
        }
    }

    private static func newApplication(_ mode: Mode, clientID: String) -> String {
        """
        {"name": "Point", "brand": "Caja Feliz", "site": "MLA", "mode": "\(mode.rawValue)",
         "client_id": "\(clientID)", "client_secret": "client-secret-marker"}
        """
    }

    private static func grant(_ application: String) -> String {
        #"{"application": "\#(application)", "access_token": "access-token-marker", "expires_in": 3600}"#
    }

    private static func newKey(_ mode: Mode) -> String {
        #"{"name": "till", "mode": "\#(mode.rawValue)", "scopes": ["read"]}"#
    }

    @Test("makes and changes nothing of the other mode, on every route", arguments: Mode.allCases)
    func otherMode(mode: Mode) async throws {
        let document = try OpenAPIDocument.read()
        let prefixes = [
            "/v1/applications", "/v1/links", "/v1/keys", "/v1/sellers/{seller}/connections",
            "/v1/sellers/{seller}/links", "/v1/sellers/{seller}/terminals",
        ]
        let operations = document.guarded.filter { operation in
            operation.method != "GET" && prefixes.contains { operation.path.hasPrefix($0) }
        }
        #expect(operations.filter { $0.path.contains("connections") }.count == 6)
        try await withGateway { gateway, client in
            let world = try await World.make(mode, gateway, client)
            let stranger = try await gateway.key(mode: mode == .live ? .test : .live)
            for operation in operations {
                let answer = try await client.call(
                    HTTPRequest.Method(operation.method)!, world.uri(operation), key: stranger,
                    body: world.bodies[operation.description])
                #expect(answer.status == 403, "\(operation)")
                #expect(answer.body["code"].string == "mode_mismatch", "\(operation)")
            }
        }
    }

    @Test("does with the connections of its own mode what its scopes allow", arguments: Mode.allCases)
    func ownMode(mode: Mode) async throws {
        try await withGateway { gateway, client in
            let world = try await World.make(mode, gateway, client)
            let one = "/v1/sellers/\(world.ids["seller"] ?? "")/connections/\(world.ids["connection"] ?? "")"
            for step in ["webhook", "refresh", "revoke"] {
                let answer = try await client.call(.post, "\(one)/\(step)", key: world.key)
                #expect(answer.status == 200, "\(step)")
            }
        }
    }
}
