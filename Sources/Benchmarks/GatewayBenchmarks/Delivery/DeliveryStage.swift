import Foundation
import Gateway
import StoreSQLite

/// Fills an installation that does not run with endpoints, events and what the provider will say.
struct DeliveryStage: Sendable {
    let opened: OpenedInstallation

    init(_ opened: OpenedInstallation) { self.opened = opened }

    /// Adds an endpoint that needs no test any more.
    func addEndpoint(of seller: SellerID?, url: String, state: Endpoint.State) async throws {
        let now = WallClock.system.now
        let endpoint = Endpoint(
            id: opened.ids.next(), seller: seller, url: url, description: "", topics: .all, state: state,
            timeout: .seconds(15), createdAt: now)
        let secret: Identifier<EndpointSecret> = opened.ids.next()
        let sealer = try await opened.vault.sealer(for: seller.map { .seller($0) } ?? .installation)
        try await opened.store.add(
            endpoint,
            secret: EndpointSecret(
                id: secret, endpoint: endpoint.id,
                sealed: try sealer.seal(
                    (0..<32).map { _ in UInt8.random(in: 0...255) }, .endpointSecret, row: secret.ulid),
                createdAt: now, expiresAt: nil),
            test: event(of: seller, type: Endpoint.testEventType, body: Array("{}".utf8), sealer, only: endpoint.id),
            as: Change(
                audit: AuditEntry(
                    id: opened.ids.next(), at: now, actor: .command, action: .endpointCreated,
                    subject: endpoint.id.description, seller: seller, request: nil)))
    }

    /// Records events of sellers in turn; answers with the body that all have.
    func record(_ count: Int, of sellers: [SellerID]) async throws -> [UInt8] {
        let body = Array(
            """
            {"created_at":"2026-01-01T00:00:00.000Z","data":{"id":"60000000001"},"id":"evt_01JZ8Q4T6M0000000000000006",\
            "live_mode":true,"seller":{"id":"sel_01JZ8Q4T6M0000000000000001"},"sequence":42,"type":"payment.updated",\
            "upstream":{"action":"payment.updated","notification_id":"118000000001","proof":"signature",\
            "topic":"payment"}}
            """.utf8)
        var sealers: [Sealer] = []
        for seller in sellers { sealers.append(try await opened.vault.sealer(for: .seller(seller))) }
        for first in stride(from: 0, to: count, by: 2000) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in first..<min(first + 2000, count) {
                    let (seller, sealer) = (sellers[number % sellers.count], sealers[number % sellers.count])
                    group.addTask {
                        _ = try await opened.store.record(
                            event(of: seller, type: "payment.updated", body: body, sealer, only: nil))
                    }
                }
                try await group.waitForAll()
            }
        }
        return body
    }

    private func event(
        of seller: SellerID?, type: String, body: [UInt8], _ sealer: Sealer, only endpoint: EndpointID?
    ) -> EventDraft {
        let id: EventID = opened.ids.next()
        return EventDraft(
            id: id, seller: seller, connection: nil, application: nil, type: type, liveMode: true, proof: .gateway,
            resource: opened.ids.ulid().description, createdAt: WallClock.system.now, onlyEndpoint: endpoint
        ) { _ throws(VaultError) in try sealer.seal(body, .eventBody, row: id.ulid) }
    }
}
