import Logging

extension AccountLinker {
    /// Resolves by evidence what a dead process left: a spooled answer is kept, an open post is unanswered.
    ///
    /// To be called before the first callback, while this is the database's only process.
    ///
    /// - Throws: ``StoreError``.
    public func recover() async throws {
        await keepSpooled()
        for entry in try await store.unfinishedExchanges() where entry.state == .open {
            try await store.closeExchange(
                entry.id, as: .unanswered, problem: "process_died", leaving: nil, at: clock.now)
            let link: OnboardingLink? =
                if let attempt = try await store.attempt(entry.attempt) { try await store.link(attempt.link) } else {
                    nil
                }
            try await store.finish(
                entry.attempt, outcome: .exchangeFailed, connection: nil,
                event: try await failure(link, .exchangeFailed), as: nil)
            spool.release(entry.id)
            logger.note("Exchange left open by a dead process", at: .warning, [.connection: entry.connection])
        }
    }

    /// Makes connections of the answers that came and could not be used at once.
    func settleWaiting() async {
        await keepSpooled()
        do {
            for entry in try await store.unfinishedExchanges() where entry.state == .answered {
                guard let attempt = try await store.attempt(entry.attempt) else { continue }
                // The same flight as the callback's, so that nothing is settled twice.
                let outcome = try await settle(attempt) { () async throws(Problem) in
                    try await settledLate(attempt)
                }
                logger.note("Exchange settled late", [.connection: entry.connection, .outcome: outcome.rawValue])
            }
        } catch {
            logger.note("Answers of exchanges wait on", at: .warning)
        }
    }

    private func settledLate(_ attempt: LinkAttempt) async throws(Problem) -> LinkAttempt.Outcome {
        let found: ExchangeEntry?
        do { found = try await store.exchange(of: attempt.id) } catch { throw Problem(error) }
        guard let entry = found, entry.state == .answered, let link = try await link(of: attempt) else {
            return attempt.outcome ?? .exchangeFailed
        }
        return try await holdingAccount(of: link) { () async throws(Problem) in
            let outcome = try await settled(entry, attempt)
            if outcome == .accountUnreadable, clock.now > entry.openedAt + Self.answersKept {
                try await drop(entry, outcome.rawValue)
            }
            // Told already when it is still as it was.
            if outcome != .linked, outcome != attempt.outcome { _ = try await end(attempt, outcome) }
            return outcome
        }
    }

    /// Takes into the journal what the database had refused.
    private func keepSpooled() async {
        for entry in spool.entries() {
            guard let answer = spool.answer(of: entry).flatMap({ SealedGrant(packed: $0) }) else { continue }
            do throws(StoreError) {
                try await store.keepAnswer(answer, ofExchange: entry)
                spool.release(entry)
            } catch {
                // Closed meanwhile: it was used or dropped. One of a row that this database does not know stays.
                if case .conflict(rule: .state) = error { spool.release(entry) }
            }
        }
    }
}
