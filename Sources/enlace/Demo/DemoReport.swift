/// What the demonstration brought, in one screen.
struct DemoReport: Sendable {
    let shops: [DemoShop]
    let outcomes: [DemoShop.Outcome]

    /// What did not hold; empty where everything did.
    var failures: [String] {
        zip(shops, outcomes).flatMap { shop, outcome in
            var failures: [String] = []
            if outcome.account != shop.nickname || outcome.page != shop.language { failures.append("was not linked") }
            if !outcome.charge.hasSuffix(" approved") { failures.append("was not charged: \(outcome.charge)") }
            let missing = DemoShop.expectedTypes.subtracting(outcome.delivered).sorted()
            if !missing.isEmpty { failures.append("did not get \(missing.joined(separator: ", "))") }
            if outcome.unverified > 0 { failures.append("got \(outcome.unverified) that do not verify") }
            switch shop.trouble {
            case .none: if outcome.failedAttempts > 0 { failures.append("needed retries") }
            case .failsFirst(let count):
                if outcome.failedAttempts != count { failures.append("saw \(outcome.failedAttempts) failures") }
            case .isDown: if outcome.failedAttempts < 1 { failures.append("was never down") }
            }
            return failures.map { "\(shop.name) \($0)" }
        }
    }

    /// The report's text.
    var text: String {
        let header = ["Shop", "Country", "Page", "Account", "Charge", "Notifications", "On the way"]
        let rows = zip(shops, outcomes).map { shop, outcome in
            [
                shop.name, shop.site, outcome.page, outcome.account, outcome.charge,
                "\(outcome.delivered.count) delivered and verified", Self.remark(shop.trouble, outcome),
            ]
        }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([header] + rows).map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
        let count = outcomes.reduce(0) { $0 + $1.delivered.count }
        let retries = outcomes.reduce(0) { $0 + $1.failedAttempts }
        let sum =
            "\(shops.count) shops linked · \(shops.count) charges · \(count) notifications delivered and verified · "
            + "\(retries) failed attempts recovered"
        let verdict =
            failures.isEmpty ? "Every expectation held." : failures.map { "FAILED: \($0)" }.joined(separator: "\n")
        return
            (["", lines[0], String(repeating: "─", count: lines[0].count)] + lines.dropFirst() + ["", sum, verdict])
            .joined(separator: "\n")
    }

    private static func remark(_ trouble: DemoShop.Trouble, _ outcome: DemoShop.Outcome) -> String {
        switch trouble {
        case .none: "at once"
        case .failsFirst(let count): "\(count) × 500, then taken"
        case .isDown: "down for \(outcome.failedAttempts) attempts, recovered"
        }
    }
}
