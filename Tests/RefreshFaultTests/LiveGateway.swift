import Foundation
import GRDB
import Gateway
import NIOHTTP1
import TestSupport
import Testing

@testable import enlace

/// `enlace serve` and its sandbox as programs, with shops that were taken over by import.
struct LiveGateway: Sendable {
    /// A shop whose first pair the sandbox gave directly.
    struct Shop: Sendable {
        let seller: String
        let connection: ConnectionID
        let account: LiveSandbox.Account

        /// Where the API has the connection.
        var path: APIPath { "/v1/sellers/\(seller)/connections/\(connection)" }
    }

    let stack: LocalStack
    let sandbox: LiveSandbox
    let api: APIClient
    let application: String
    let shops: [Shop]

    /// Lends one with so many linked shops.
    static func with<Result>(shops count: Int, _ test: (LiveGateway) async throws -> Result) async throws -> Result {
        try await withTemporaryFolder { folder in
            let stack = try await LocalStack(folder: folder, executable: program)
            do {
                try await stack.startSandbox()
                try await stack.initialise()
                try await stack.startGateway()
                let result = try await LiveSandbox.of(stack) { sandbox in
                    try await stack.withAPI { api in try await test(try await Self(stack, sandbox, api, shops: count)) }
                }
                await stack.stop()
                return result
            } catch {
                // What is stopped does not end by a signal that asks.
                stack.sandbox?.send(SIGCONT)
                let log = (try? String(contentsOf: stack.file("gateway.log"), encoding: .utf8)) ?? ""
                Issue.record(
                    "the gateway's last words:\n\(log.split(separator: "\n").suffix(15).joined(separator: "\n"))")
                await stack.stop()
                throw error
            }
        }
    }

    private init(_ stack: LocalStack, _ sandbox: LiveSandbox, _ api: APIClient, shops count: Int) async throws {
        self.stack = stack
        self.sandbox = sandbox
        self.api = api
        let application = try #require(try await api.get("/v1/applications")["data"]?.array?.first?["id"]?.string)
        self.application = application
        var shops: [Shop] = []
        for _ in 0..<count { shops.append(try await Self.imported(application, sandbox, api)) }
        self.shops = shops
        _ = try await api.post("/v1/applications/\(application)/adopt", body: [:])
        for shop in shops {
            try await waiting(for: "the shop to be linked") {
                try await api.get(shop.path)["state"]?.string == "linked" ? () : nil
            }
        }
    }

    private static func imported(
        _ application: String, _ sandbox: LiveSandbox, _ api: APIClient
    ) async throws -> Shop {
        let account = try await sandbox.account()
        let seller = try #require(try await api.post("/v1/sellers", body: ["name": "Kiosco"])["id"]?.string)
        let made = try await api.post(
            "/v1/sellers/\(seller)/connections/import",
            body: [
                "application": .string(application), "access_token": .string(account.access),
                "refresh_token": .string(account.refresh), "expires_in": 15_552_000,
                "scope": "offline_access read write",
            ])
        let id = try #require(made["connection"]?["id"]?.string.flatMap { ConnectionID($0) })
        return Shop(seller: seller, connection: id, account: account)
    }

    /// Renews a shop's tokens now; what the caller is told is the business of other tests.
    func refresh(_ shop: Shop) async -> Bool {
        (try? await api.post("\(shop.path)/refresh", body: [:])) != nil
    }

    /// Where a shop's connection stands.
    func state(_ shop: Shop) async throws -> Connection.State {
        try #require(try await api.get(shop.path)["state"]?.string.flatMap { Connection.State(rawValue: $0) })
    }

    /// Calls the provider for a shop; whether that works.
    func call(_ shop: Shop) async -> Bool {
        (try? await api.get("/v1/sellers/\(shop.seller)/proxy/users/me"))?["nickname"]?.string == shop.account.nickname
    }

    /// Whether the gateway takes calls.
    func isAccepting() async -> Bool {
        do {
            _ = try await api.get("/healthz")
            return true
        } catch {
            return error is APIError
        }
    }

    /// The refresh journal's lines of a shop, read beside the gateway.
    func journal(_ shop: Shop) async throws -> [Judge.Line] {
        var configuration = Configuration()
        configuration.readonly = true
        let database = try DatabaseQueue(path: stack.file("enlace.sqlite").path(), configuration: configuration)
        let rows = try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT r.generation, r.is_last_try, r.state FROM refresh_journal r
                    JOIN connection c ON c.seq = r.connection WHERE c.id = ? ORDER BY r.seq
                    """, arguments: [Data(shop.connection.ulid.bytes)])
        }
        try database.close()
        return try rows.map { row in
            Judge.Line(
                generation: row["generation"], isLastTry: row["is_last_try"],
                state: try #require(RefreshEntry.State(rawValue: row["state"])))
        }
    }
}
