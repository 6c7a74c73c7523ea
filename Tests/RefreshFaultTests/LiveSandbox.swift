import Gateway
import NIOHTTP1
import TestSupport
import Testing
import UpstreamMercadoPago

@testable import enlace

/// The sandbox in a process of its own, as the gateway's core, a test and the judge reach it.
struct LiveSandbox: Sendable {
    /// An account with its first pair.
    struct Account: Sendable {
        let user: UpstreamUserID
        let nickname: String
        let access: String
        let refresh: String
    }

    /// Its controls.
    let sim: APIClient
    /// The product's own way to it.
    let provider: MercadoPago
    /// The same to a port where nobody listens.
    let unreachable: MercadoPago
    /// The application that it was planted with.
    let application: SandboxPanel.Application

    /// Lends one that ends with the test.
    static func with<Result>(_ test: (LiveSandbox) async throws -> Result) async throws -> Result {
        try await withTemporaryFolder { folder in
            let stack = try await LocalStack(folder: folder, executable: program)
            do {
                try await stack.startSandbox()
                let result = try await of(stack, test)
                await stack.stop()
                return result
            } catch {
                await stack.stop()
                throw error
            }
        }
    }

    /// Lends that of a stack.
    static func of<Result>(_ stack: LocalStack, _ test: (LiveSandbox) async throws -> Result) async throws -> Result {
        let panel = try stack.panel
        return try await withProviders(panel) { provider, unreachable in
            try await APIClient.withClient(url: panel.address("sim"), key: nil) { sim in
                try await test(
                    LiveSandbox(
                        sim: sim, provider: provider, unreachable: unreachable,
                        application: try await panel.application()))
            }
        }
    }

    private static func withProviders<Result>(
        _ panel: SandboxPanel, _ body: (MercadoPago, MercadoPago) async throws -> Result
    ) async throws -> Result {
        func provider(_ url: String) throws -> MercadoPago {
            try MercadoPago(
                configuration: MercadoPagoConfiguration(
                    apiURL: url, authorizationURL: panel.address("authorization"), caFile: panel.address("ca_file")))
        }
        let real = try provider(panel.address("api"))
        let unreachable = try provider("https://127.0.0.1:\(try await freePort())")
        do {
            let result = try await body(real, unreachable)
            try await real.shutdown()
            try await unreachable.shutdown()
            return result
        } catch {
            try? await real.shutdown()
            try? await unreachable.shutdown()
            throw error
        }
    }

    /// A new account that has given the application its first pair.
    func account() async throws -> Account {
        let user = try await sim.post("/users", body: ["site_id": "MLA"])
        let number = try #require(user["id"]?.int)
        let pair = try await sim.post(
            "/tokens", body: ["user_id": .int(number), "client_id": .string(application.clientID)])
        return Account(
            user: try #require(UpstreamUserID(rawValue: Int64(number))),
            nickname: try #require(user["nickname"]?.string),
            access: try #require(pair["access_token"]?.string), refresh: try #require(pair["refresh_token"]?.string))
    }

    /// Turns the knobs that REF leaves open.
    func turn(_ knobs: Knobs) async throws {
        _ = try await sim.patch(
            "/knobs",
            body: [
                "revoke_old_access_on_refresh": .bool(knobs.revokesOldAccess),
                "reuse_revokes_grant": .bool(knobs.reuseRevokesGrant),
            ])
    }

    /// Takes away the faults that struck nothing.
    func disarm() async throws { _ = try await sim.delete("/faults") }

    /// Arms a fault for the next post of an account's refresh token or code.
    func arm(_ fault: [String: JSONValue], of user: UpstreamUserID) async throws {
        let match: JSONValue = ["path_prefix": "/oauth/token", "user_id": .int(Int(user.rawValue))]
        _ = try await sim.post("/faults", body: .object(fault.merging(["match": match]) { $1 }))
    }

    /// Waits until so many requests of an account are held.
    func waitUntilHeld(_ count: Int = 1, of user: UpstreamUserID) async throws {
        try await waiting(for: "a request to be held") { try await held(of: user) >= count ? () : nil }
    }

    /// How many requests of an account are held.
    func held(of user: UpstreamUserID) async throws -> Int {
        try await sim.get("/held", query: [("user_id", String(user.rawValue))])["held"]?.int ?? 0
    }

    /// Lets an account's held requests go on, or cuts them.
    func release(_ user: UpstreamUserID, cutting: Bool = false) async throws {
        _ = try await sim.post("/release", body: ["user_id": .int(Int(user.rawValue)), "cut": .bool(cutting)])
    }

    /// What the sandbox has written down of an account's grant.
    func ledger(of user: UpstreamUserID) async throws -> GrantLedger {
        let grants = try await sim.get("/ledger", query: [("user_id", String(user.rawValue))])["grants"]?.array
        return try #require(grants?.first.flatMap { GrantLedger($0) })
    }
}
