import Foundation
import Gateway
import NIOHTTP1
import TestSupport
import Testing

@testable import enlace

/// Everything that runs the real program stands under this one suite, because two cores carry one stack at a time.
@Suite("The whole product", .serialized, .timeLimit(.minutes(5)))
struct WholeProduct {}

/// Lends a sandbox and a gateway that are up, and ends them.
func withStack(
    settings: [String: String] = Demo.settings, timeScale: Double = 9_000, isStarted: Bool = true,
    _ test: (LocalStack) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let stack = try await LocalStack(
            folder: folder, executable: program, settings: settings, sandboxTimeScale: timeScale)
        do {
            try await stack.startSandbox()
            try await stack.initialise()
            if isStarted { try await stack.startGateway() }
            try await test(stack)
        } catch {
            let log = (try? String(contentsOf: stack.file("gateway.log"), encoding: .utf8)) ?? ""
            Issue.record(
                "\(error); the gateway's last words:\n\(log.split(separator: "\n").suffix(15).joined(separator: "\n"))")
        }
        await stack.stop()
        try await expectWholeCounts(in: folder)
    }
}

/// Holds what the gateway counted to be what there is: nothing was taken and forgotten (DLV 17).
private func expectWholeCounts(in folder: URL) async throws {
    let script = """
        import os, sqlite3
        if os.path.exists('enlace.sqlite'):
            db = sqlite3.connect('enlace.sqlite')
            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'delivery_count'").fetchone():
                counted = {state: number for state, number in db.execute('SELECT * FROM delivery_count') if number}
                found = dict(db.execute('SELECT state, count(*) FROM delivery GROUP BY state'))
                assert counted == found, f'counted {counted}, there are {found}'
        """
    let log = folder.appending(path: "counts.log")
    let check = try ChildProcess("/usr/bin/python3", ["-c", script], environment: [:], folder: folder, log: log)
    let status = await check.wait()
    let words = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    #expect(status == 0, "DLV 17: the sum of deliveries does not hold: \(words)")
}

/// The same with a client that has the first key.
func withAPI(
    settings: [String: String] = Demo.settings, timeScale: Double = 9_000,
    _ test: (LocalStack, APIClient) async throws -> Void
) async throws {
    try await withStack(settings: settings, timeScale: timeScale) { stack in
        try await stack.withAPI { try await test(stack, $0) }
    }
}

/// The refusal that a call ends in; a call that succeeds fails the test.
func refusal(
    sourceLocation: SourceLocation = #_sourceLocation, _ call: () async throws -> JSONValue
) async throws -> APIError {
    do {
        let answer = try await call()
        Issue.record("answered \(answer.text())", sourceLocation: sourceLocation)
        throw CancellationError()
    } catch let error as APIError {
        return error
    }
}

/// A shop that was linked through the hosted pages.
struct LinkedShop: Sendable {
    let seller: String
    let connection: String
    let device: String
    /// The account's number at the provider.
    let user: String
    let nickname: String
}

extension LocalStack {
    /// The application of `enlace init`.
    func application(_ api: APIClient) async throws -> String {
        try #require(try await api.call(.GET, "/v1/applications")["data"]?.array?.first?["id"]?.string)
    }

    /// An account at the provider with a terminal.
    func account(_ nickname: String, site: String = "MLA") async throws -> (user: String, device: String) {
        let user = try await panel.call(
            .POST, "/users", ["nickname": .string(nickname), "site_id": .string(site), "with_device": true])
        return (String(try #require(user["id"]?.int)), try #require(user["device_id"]?.string))
    }

    /// A new seller.
    func seller(_ api: APIClient, _ name: String = "Kiosco") async throws -> String {
        try #require(try await api.call(.POST, "/v1/sellers", body: ["name": .string(name)])["id"]?.string)
    }

    /// A new onboarding link of a seller; its account needs no confirmation unless the test says so.
    func link(_ api: APIClient, of seller: String, _ more: [String: JSONValue] = [:]) async throws -> String {
        let members = more.merging(["application": .string(try await application(api)), "confirm": false]) {
            given, _ in given
        }
        let link = try await api.call(.POST, "/v1/sellers/\(seller)/links", body: .object(members))
        return try #require(link["url"]?.string)
    }

    /// The newest connection of a seller, if there is one.
    func connection(_ api: APIClient, of seller: String) async throws -> JSONValue? {
        try await api.call(.GET, "/v1/sellers/\(seller)/connections")["data"]?.array?.first
    }

    /// A shop that is linked and whose webhook is valid.
    func linkedShop(_ api: APIClient, nickname: String = "KIOSCO") async throws -> LinkedShop {
        let (user, device) = try await account(nickname)
        let seller = try await seller(api, "Kiosco \(nickname)")
        let page = try await ShopOwner(nickname: nickname).follow(try await link(api, of: seller))
        #expect(page.status == 200)
        let id = try await waiting(for: "the shop to be linked") {
            let connection = try await connection(api, of: seller)
            return connection?["state"]?.string == "linked" ? connection?["id"]?.string : nil
        }
        return LinkedShop(seller: seller, connection: id, device: device, user: user, nickname: nickname)
    }

    /// Lends a receiver that is up and whose endpoint is active.
    func withEndpoint(
        _ api: APIClient, of seller: String, _ test: (ShopReceiver, String) async throws -> Void
    ) async throws {
        let receiver = try await ShopReceiver()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receiver.run() }
            let made = try await api.call(
                .POST, "/v1/sellers/\(seller)/endpoints", body: ["url": .string(receiver.url)])
            let id = try #require(made["id"]?.string)
            receiver.knows(Secret(try #require(made["secret"]?.string)))
            try await waiting(for: "the endpoint to be active") {
                try await api.call(.GET, "/v1/endpoints/\(id)")["state"]?.string == "active" ? () : nil
            }
            do { try await test(receiver, id) } catch {
                await receiver.close()
                throw error
            }
            await receiver.close()
            try await group.waitForAll()
        }
    }

    /// Charges a shop through the proxy and approves at the terminal; gives the intent's id.
    func charge(_ api: APIClient, _ shop: LinkedShop) async throws -> String {
        let intent = try await api.call(
            .POST, "/v1/sellers/\(shop.seller)/proxy/point/integration-api/devices/\(shop.device)/payment-intents",
            body: ["amount": 1500])
        try await panel.call(.POST, "/devices/\(shop.device)/approve")
        return try #require(intent["id"]?.string)
    }

    /// What the gateway wrote to its log so far.
    func gatewayLog() throws -> String { try String(contentsOf: file("gateway.log"), encoding: .utf8) }
}
