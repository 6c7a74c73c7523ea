import Gateway
import TestSupport

// What ExchangeStore promises.
extension StoreCase {
    func attemptHasOneExchange(_ stage: Stage) async throws {
        let (attempt, _) = try await stage.attempt()
        let entry = stage.make.exchange(of: attempt.id)
        try await stage.store.openExchange(entry)
        try expect(try await stage.store.exchange(of: attempt.id), is: entry)
        try expect(try await stage.store.unfinishedExchanges(), is: [entry])
        try await expectRefusal(.conflict(rule: .exchangeOpen)) {
            try await stage.store.openExchange(stage.make.exchange(of: attempt.id))
        }
        try await stage.store.closeExchange(
            entry.id, as: .refused, problem: "invalid_grant", leaving: nil, at: stage.now)
        try expect(try await stage.store.unfinishedExchanges(), is: [])
        // A code is posted once, whatever came of it.
        try await expectRefusal(.conflict(rule: .exchangeOpen)) {
            try await stage.store.openExchange(stage.make.exchange(of: attempt.id))
        }
        try await expectRefusal(.notFound) {
            try await stage.store.closeExchange(entry.id, as: .dropped, problem: nil, leaving: nil, at: stage.now)
        }
    }

    func attemptsAreForgottenUnlessTheirExchangeIsOpen(_ stage: Stage) async throws {
        let (plain, _) = try await stage.attempt()
        let (closed, _) = try await stage.attempt()
        let (open, _) = try await stage.attempt()
        let entries = [closed, open].map { stage.make.exchange(of: $0.id) }
        for entry in entries { try await stage.store.openExchange(entry) }
        try await stage.store.closeExchange(
            entries[0].id, as: .refused, problem: "invalid_grant", leaving: nil, at: stage.now)
        try expect(try await stage.store.forgetAttempts(startedBefore: stage.now), is: 0)
        stage.pass(.seconds(1))
        let (late, _) = try await stage.attempt()
        try expect(try await stage.store.forgetAttempts(startedBefore: stage.now), is: 2)
        for attempt in [plain, closed] { try expect(try await stage.store.attempt(attempt.id), is: nil) }
        try expect(try await stage.store.exchange(of: closed.id), is: nil)
        for attempt in [open, late] { try expect(try await stage.store.attempt(attempt.id), is: attempt) }
        try expect(try await stage.store.unfinishedExchanges(), is: [entries[1]])
    }

    func answerOfAnExchangeIsKept(_ stage: Stage) async throws {
        let (attempt, link) = try await stage.attempt()
        let entry = stage.make.exchange(of: attempt.id)
        let answer = stage.make.grant(for: entry.connection)
        try await expectRefusal(.notFound) { try await stage.store.keepAnswer(answer, ofExchange: entry.id) }
        try await stage.store.openExchange(entry)
        try await stage.store.keepAnswer(answer, ofExchange: entry.id)
        // Offered twice when it came from the spool: the first one stays.
        try await stage.store.keepAnswer(stage.make.grant(for: entry.connection), ofExchange: entry.id)
        let kept = try require(try await stage.store.exchange(of: attempt.id))
        try expect(kept.state, is: .answered)
        try expect(kept.answer, is: answer)
        // It ends in the transaction that makes the connection.
        let connection = stage.make.connection(of: link.seller, with: link.application)
        try await stage.store.establish(
            connection, tokens: stage.make.tokens(of: connection.id), finishing: attempt.id,
            as: stage.make.change(.connectionLinked))
        let stored = try require(try await stage.store.exchange(of: attempt.id))
        try expect(stored.state, is: .stored)
        try expect(stored.answer, is: nil)
        try await expectRefusal(.conflict(rule: .state)) {
            try await stage.store.keepAnswer(answer, ofExchange: entry.id)
        }
    }

    func droppedAnswerIsLeftToWhoHoldsTheAccount(_ stage: Stage) async throws {
        let holder = try await stage.connection()
        let (attempt, _) = try await stage.attempt()
        let entry = stage.make.exchange(of: attempt.id)
        try await stage.store.openExchange(entry)
        try await stage.store.keepAnswer(stage.make.grant(for: entry.connection), ofExchange: entry.id)
        let pair = KeptPair(stage.make.tokens(of: holder.id, generation: 2))
        try await stage.store.closeExchange(
            entry.id, as: .dropped, problem: "account_taken", leaving: pair, at: stage.now)
        try expect(try await stage.store.keptAnswers(of: holder.id).map(\.answer), is: [pair])
        try expect(try await stage.store.exchange(of: attempt.id)?.answer, is: nil)
        // One that ended meanwhile gets nothing.
        let (other, _) = try await stage.attempt()
        let second = stage.make.exchange(of: other.id)
        try await stage.store.openExchange(second)
        try await stage.store.revoke(holder.id, event: nil, as: stage.make.change(.connectionRevoked))
        try await stage.store.closeExchange(
            second.id, as: .dropped, problem: "account_taken", leaving: pair, at: stage.now)
        try expect(try await stage.store.keptAnswers(of: holder.id).count, is: 0)
    }
}

extension Stage {
    /// An attempt that began on a link of its own seller.
    fileprivate func attempt() async throws -> (LinkAttempt, OnboardingLink) {
        let seller = try await seller("Otra")
        let application = try await application("9\(try await auditCount())")
        let link = make.link(of: seller.id, with: application.id)
        try await store.add(link, as: make.change(.linkCreated))
        let attempt = make.attempt(of: link)
        try await store.begin(attempt)
        return (attempt, link)
    }
}
