import Gateway
import Testing
import UpstreamMercadoPago

@testable import GatewayHTTP

/// What the invitation says is held against what the proxy lets through: a new area has to be looked at here and there.
@Suite("What the invitation promises")
struct PagePromiseTests {
    /// A line of ``PageCopy/can``.
    private enum Line: Int, CaseIterable {
        case terminalsAndPlaces, charges, payments, accountData
    }

    /// Which lines say what an area of the allow-list allows; none for what shows nothing of the seller's.
    private let said: [String: [Line]] = [
        "point/integration-api/devices": [.terminalsAndPlaces, .charges, .payments],
        "point/integration-api/payment-intents": [.charges], "point/integration-api/refund": [.payments],
        "terminals/v1": [.terminalsAndPlaces, .charges], "users/stores": [.terminalsAndPlaces],
        "stores": [.terminalsAndPlaces], "pos": [.terminalsAndPlaces], "v2/pos": [.terminalsAndPlaces],
        "v1/orders": [.charges, .payments], "v1/payments": [.payments], "merchant_orders": [.payments],
        "users/me": [.accountData], "v1/payment_methods": [],
    ]

    @Test("covers every area of the allow-list, line by line")
    func covered() {
        let patterns = MercadoPagoRoutes.table.routes.map { route in
            route.segments.compactMap { segment -> String? in
                if case .literal(let text) = segment { String(decoding: text, as: UTF8.self) } else { nil }
            }.joined(separator: "/")
        }
        for pattern in patterns {
            #expect(said.keys.contains { pattern == $0 || pattern.hasPrefix($0 + "/") }, "\(pattern)")
        }
        for area in said.keys {
            #expect(patterns.contains { $0 == area || $0.hasPrefix(area + "/") }, "\(area) is no longer allowed")
        }
        #expect(Set(said.values.joined()) == Set(Line.allCases))
        for locale in PageLocale.allCases { #expect(locale.copy.can.count == Line.allCases.count) }
    }

    @Test("holds that no money can be taken out and no password be seen")
    func cannot() {
        let forbidden = [
            "withdraw", "transfer", "payout", "disburs", "bank", "balance", "settlement", "money", "advanced", "card",
            "password", "login",
        ]
        for route in MercadoPagoRoutes.table.routes {
            #expect(!forbidden.contains { route.pattern.contains($0) }, "\(route.pattern)")
        }
    }
}
