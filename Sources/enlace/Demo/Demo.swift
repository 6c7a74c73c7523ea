import Gateway
import NIOHTTP1

/// The demonstration: three shops linked, charged and notified by a gateway and a sandbox that run as a user runs them.
struct Demo: Sendable {
    /// The setting that lets a failed delivery come again while somebody watches.
    static let settings = ["delivery.retry_waits_seconds": "[1, 1, 2, 2, 4, 4, 8, 8]"]

    private let stack: LocalStack
    private let shops: [DemoShop]
    private let say: @Sendable (String) -> Void

    /// Prepares the shops; `say` gets a line for each step.
    init(stack: LocalStack, say: @escaping @Sendable (String) -> Void) async throws {
        self.stack = stack
        self.say = say
        shops = [
            DemoShop(
                name: "Panadería Sol", site: "MLA", language: "es", nickname: "PANADERIASOL", amount: 250_000,
                trouble: .none, receiver: try await ShopReceiver()),
            DemoShop(
                name: "Padaria Lua", site: "MLB", language: "pt", nickname: "PADARIALUA", amount: 4_290,
                trouble: .failsFirst(2), receiver: try await ShopReceiver()),
            DemoShop(
                name: "Luna Store", site: "MLM", language: "en", nickname: "TIENDALUNA", amount: 18_000,
                trouble: .isDown, receiver: try await ShopReceiver()),
        ]
    }

    /// Runs all of it and keeps the receivers up while `afterwards` runs.
    func run(_ afterwards: (DemoReport) async throws -> Void) async throws {
        say("Starting the sandbox, a simulated Mercado Pago")
        try await stack.startSandbox()
        say("Setting the gateway up: keyring, database, application, first key")
        try await stack.initialise()
        say("Starting the gateway")
        try await stack.startGateway()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for shop in shops { group.addTask { try await shop.receiver.run() } }
            let outcomes = try await stack.withAPI { try await self.outcomes($0) }
            try await afterwards(DemoReport(shops: shops, outcomes: outcomes))
            for shop in shops { await shop.receiver.close() }
            try await group.waitForAll()
        }
    }

    private func outcomes(_ api: APIClient) async throws -> [DemoShop.Outcome] {
        let panel = try stack.panel
        let applications = try await applications(api, panel)
        var outcomes = shops.map { _ in DemoShop.Outcome() }
        var sellers: [String] = []
        for (index, shop) in shops.enumerated() {
            say("Linking \(shop.name) (\(shop.site), pages in \(shop.language))")
            let application = applications[shop.site] ?? ""
            sellers.append(try await shop.link(api, application: application, &outcomes[index]))
        }
        for (index, shop) in shops.enumerated() {
            await prepare(shop)
            say("Charging \(shop.name)" + Self.note(shop.trouble))
            try await shop.charge(api, panel, seller: sellers[index], &outcomes[index])
        }
        for (index, shop) in shops.enumerated() {
            if case .isDown = shop.trouble {
                try await waitForFailure(api, seller: sellers[index])
                say("\(shop.name)'s endpoint is back")
                shop.receiver.comeBack()
            }
            say("Waiting for \(shop.name)'s notifications")
            try await shop.collect(api, seller: sellers[index], &outcomes[index])
        }
        return outcomes
    }

    /// The applications by country: the one of `enlace init`, and one more for each other country.
    private func applications(_ api: APIClient, _ panel: SandboxPanel) async throws -> [String: String] {
        var ids: [String: String] = [:]
        for known in try await api.call(.GET, "/v1/applications")["data"]?.array ?? [] {
            if let site = known["site"]?.string { ids[site] = known["id"]?.string }
        }
        for shop in shops where ids[shop.site] == nil {
            let made = try await panel.makeApplication(name: "Demo POS \(shop.site)", site: shop.site)
            let created = try await api.call(
                .POST, "/v1/applications",
                body: [
                    "name": .string(made.name), "brand": "Demo POS", "site": .string(shop.site), "mode": "live",
                    "client_id": .string(made.clientID), "client_secret": made.clientSecret.reveal { .string($0) },
                    "webhook_secret": made.webhookSecret.reveal { .string($0) },
                ])
            try await panel.enter(
                clientID: made.clientID, redirectURI: created["redirect_uri"]?.string ?? "",
                webhookURL: created["webhook_url"]?.string ?? "")
            ids[shop.site] = created["id"]?.string
        }
        return ids
    }

    private func prepare(_ shop: DemoShop) async {
        switch shop.trouble {
        case .none: break
        case .failsFirst(let count): shop.receiver.willAnswer(Array(repeating: 500, count: count))
        case .isDown: await shop.receiver.goDown()
        }
    }

    private func waitForFailure(_ api: APIClient, seller: String) async throws {
        try await waiting(for: "an attempt that fails") {
            let waiting = try await api.call(
                .GET, "/v1/deliveries", query: [("seller", seller), ("state", "pending")])
            return waiting["data"]?.array?.contains { $0["last_failure"]?.string == "connect" } ?? false ? () : nil
        }
    }

    private static func note(_ trouble: DemoShop.Trouble) -> String {
        switch trouble {
        case .none: ""
        case .failsFirst(let count): ", whose endpoint fails \(count) times first"
        case .isDown: ", whose endpoint is down"
        }
    }
}
