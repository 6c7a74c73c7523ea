import Foundation
import Gateway
import NIOHTTP1

/// One shop of the demonstration, from its creation to its last notification.
struct DemoShop: Sendable {
    /// What happens to the shop's endpoint while the shop is charged.
    enum Trouble: Sendable {
        case none
        /// The endpoint answers 500 so often before it takes anything.
        case failsFirst(Int)
        /// Nobody listens at the endpoint when the notifications come.
        case isDown
    }

    /// What one shop went through, for the report.
    struct Outcome: Sendable {
        var page = ""
        var account = ""
        var charge = ""
        var delivered: Set<String> = []
        var unverified = 0
        var failedAttempts = 0
    }

    /// The event types that reach every shop.
    static let expectedTypes: Set = [
        "endpoint.test", "seller.link_opened", "seller.awaiting_confirmation", "seller.linked", "payment.created",
        "point.payment_intent.finished",
    ]

    let name: String
    let site: String
    let language: String
    /// The account at the provider.
    let nickname: String
    /// Minor units.
    let amount: Int
    let trouble: Trouble
    let receiver: ShopReceiver

    /// Creates the seller and its endpoint, sends the link, and waits until the account is linked.
    func link(_ api: APIClient, application: String, _ outcome: inout Outcome) async throws -> String {
        let seller = try await api.call(
            .POST, "/v1/sellers", body: ["name": .string(name), "external_ref": .string("shop-\(site.lowercased())")])
        let id = try text(seller, "id")
        let endpoint = try await api.call(
            .POST, "/v1/sellers/\(id)/endpoints", body: ["url": .string(receiver.url), "description": "till"])
        receiver.knows(Secret(try text(endpoint, "secret")))
        let endpointID = try text(endpoint, "id")
        try await waiting(for: "\(name)'s endpoint to be active") {
            try await api.call(.GET, "/v1/endpoints/\(endpointID)")["state"]?.string == "active" ? () : nil
        }
        let link = try await api.call(
            .POST, "/v1/sellers/\(id)/links",
            body: ["application": .string(application), "locale": .string(language)])
        let page = try await ShopOwner(nickname: nickname, language: language).follow(try text(link, "url"))
        guard page.status == 200, page.language?.hasPrefix(language) ?? false, page.shows(nickname), page.shows(name)
        else { throw UnexpectedPage(page, "the last page, naming \(nickname) and \(name)") }
        outcome.page = language
        outcome.account = nickname
        let awaiting = try await api.call(.GET, "/v1/sellers/\(id)/connections")["data"]?.array?.first
        guard let awaiting, awaiting["state"]?.string == "awaiting_confirmation" else {
            throw WaitedInVain(what: "\(name)'s account to wait for its confirmation")
        }
        _ = try await api.call(.POST, "/v1/sellers/\(id)/connections/\(try text(awaiting, "id"))/confirm")
        try await waiting(for: "\(name) to be linked") {
            let connection = try await api.call(.GET, "/v1/sellers/\(id)/connections")["data"]?.array?.first
            let isLinked = connection?["state"]?.string == "linked" && connection?["webhook_state"]?.string == "valid"
            return isLinked ? () : nil
        }
        return id
    }

    /// Charges through the proxy and presses the terminal's button.
    func charge(_ api: APIClient, _ panel: SandboxPanel, seller: String, _ outcome: inout Outcome) async throws {
        let proxy: APIPath = "/v1/sellers/\(seller)/proxy/point/integration-api"
        let devices = try await api.call(.GET, "\(proxy)/devices")
        guard let device = devices["devices"]?.array?.first?["id"]?.string else {
            throw WaitedInVain(what: "\(name)'s terminal")
        }
        let intent = try await api.call(
            .POST, "\(proxy)/devices/\(device)/payment-intents",
            body: ["amount": .int(amount), "additional_info": ["external_reference": .string("demo-\(site)")]])
        let id = try text(intent, "id")
        try await panel.call(.POST, "/devices/\(device)/approve")
        let finished = try await api.call(.GET, "\(proxy)/payment-intents/\(id)")
        guard finished["state"]?.string == "FINISHED", let number = finished["payment"]?["id"]?.string else {
            throw WaitedInVain(what: "\(name)'s charge to finish")
        }
        let payment = try await api.call(.GET, "/v1/sellers/\(seller)/proxy/v1/payments/\(number)")
        let status = payment["status"]?.string ?? "?"
        outcome.charge = "\(amount / 100).\(amount % 100 < 10 ? "0" : "")\(amount % 100) \(status)"
    }

    /// Waits until everything that was to come has come, and counts.
    func collect(_ api: APIClient, seller: String, _ outcome: inout Outcome) async throws {
        let deliveries = try await waiting(for: "\(name)'s notifications") {
            let all = try await api.call(.GET, "/v1/deliveries", query: [("seller", seller)])["data"]?.array ?? []
            let arrived = Set(all.filter { $0["state"]?.string == "delivered" }.compactMap { $0["event_type"]?.string })
            return arrived.isSuperset(of: Self.expectedTypes) && all.count == Self.expectedTypes.count ? all : nil
        }
        outcome.failedAttempts = deliveries.reduce(0) { $0 + ($1["attempt_count"]?.int ?? 1) - 1 }
        let taken = receiver.posts.filter { $0.status == 200 }
        outcome.delivered = Set(taken.map(\.type))
        outcome.unverified = receiver.posts.count { !receiver.verifies($0) }
    }

    private func text(_ answer: JSONValue, _ name: String) throws -> String {
        guard let text = answer[name]?.string else { throw WaitedInVain(what: "\(name) in an answer") }
        return text
    }
}
