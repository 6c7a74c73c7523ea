import Gateway
import TestSupport

// What LinkStore promises of links that can't be used and of accounts that were refused.
extension StoreCase {
    func linkIsAskedForOnce(_ stage: Stage) async throws {
        let link = try await stage.link()
        let moment = stage.now + .seconds(5)
        let events = (0..<20).map { _ in stage.make.notice(of: link.seller, type: "seller.link_requested") }
        let answers = try await atOnce(events.count) { index in
            try await stage.store.ask(
                link.id, at: moment, event: events[index], as: stage.make.change(.linkRequested))
        }
        try expect(answers.filter(\.self).count, is: 1)
        try expect(try await stage.store.link(link.id)?.askedAt, is: moment)
        var told = 0
        for event in events {
            if try await stage.store.event(event.id) != nil { told += 1 }
        }
        try expect(told, is: 1)
        let lines = try await stage.store.auditEntries(AuditFilter(action: .linkRequested), page: Page())
        try expect(lines.count, is: 1)
    }

    func refusedAccountIsKeptWithItsAttempt(_ stage: Stage) async throws {
        let attempt = stage.make.attempt(of: try await stage.link())
        try await stage.store.begin(attempt)
        try await stage.store.note(refusedAccount: "PA•••OL", of: attempt.id)
        try expect(try await stage.store.attempt(attempt.id)?.refusedAccount, is: "PA•••OL")
        try await expectRefusal(.notFound) {
            try await stage.store.note(refusedAccount: "PA•••OL", of: stage.make.ids.next())
        }
    }
}
