import Gateway
import TestSupport

// What LinkStore promises.
extension StoreCase {
    func linkIsFoundByIDAndByToken(_ stage: Stage) async throws {
        let link = try await stage.link()
        try expect(try await stage.store.link(link.id), is: link)
        try expect(try await stage.store.link(tokenHash: link.tokenHash), is: link)
        try expect(try await stage.store.link(tokenHash: stage.make.bytes(32)), is: nil)
        let other = stage.make.link(of: link.seller, with: link.application)
        try await stage.store.add(other, as: stage.make.change(.linkCreated))
        try expect(try await stage.store.links(of: link.seller, page: Page()), is: [other, link])
        try expect(try await stage.store.links(of: link.seller, page: Page(after: other.id.ulid)), is: [link])
        let stranger = try await stage.seller("Otra")
        try expect(try await stage.store.links(of: stranger.id, page: Page()), is: [])
    }

    func onlyAnOpenLinkIsRevoked(_ stage: Stage) async throws {
        let link = try await stage.link()
        try await stage.store.revoke(link.id, as: stage.make.change(.linkRevoked))
        try expect(try await stage.store.link(link.id)?.state, is: .revoked)
        try await stage.expectRefusal(.conflict(rule: .linkNotOpen)) {
            try await stage.store.revoke(link.id, as: stage.make.change(.linkRevoked))
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.revoke(stage.make.ids.next() as OnboardingLinkID, as: stage.make.change(.linkRevoked))
        }
    }

    func attemptBeginsOnAnOpenLinkOnly(_ stage: Stage) async throws {
        let link = try await stage.link()
        for _ in 0..<2 { try await stage.store.begin(stage.make.attempt(of: link)) }
        try expect(try await stage.store.link(link.id)?.state, is: .open)
        stage.pass(link.expiresAt - stage.now)
        try await expectRefusal(.conflict(rule: .linkNotOpen)) {
            try await stage.store.begin(stage.make.attempt(of: link))
        }
        stage.pass(.milliseconds(-1))
        try await stage.store.begin(stage.make.attempt(of: link))
        try await stage.store.revoke(link.id, as: stage.make.change(.linkRevoked))
        try await expectRefusal(.conflict(rule: .linkNotOpen)) {
            try await stage.store.begin(stage.make.attempt(of: link))
        }
    }

    func attemptIsConsumedOnceAmongAHundred(_ stage: Stage) async throws {
        let attempt = stage.make.attempt(of: try await stage.link())
        try await stage.store.begin(attempt)
        let moment = stage.now + .seconds(5)
        let answers = try await atOnce(100) { _ in
            try await stage.store.consumeAttempt(stateHash: attempt.stateHash, at: moment)
        }
        var consumed = attempt
        consumed.consumedAt = moment
        try expect(answers.compactMap(\.self), is: [consumed])
    }

    func attemptThatIsOverIsNotConsumed(_ stage: Stage) async throws {
        let link = try await stage.link()
        let attempts = (0..<3).map { _ in stage.make.attempt(of: link) }
        for attempt in attempts { try await stage.store.begin(attempt) }
        let consume = { (attempt: LinkAttempt, moment: Timestamp) in
            try await stage.store.consumeAttempt(stateHash: attempt.stateHash, at: moment)
        }
        try expect(
            try await stage.store.consumeAttempt(stateHash: stage.make.bytes(32), at: stage.now), is: nil)
        // At its expiry it is too late, a millisecond before it is not; being too late does not use it up.
        try expect(try await consume(attempts[0], attempts[0].expiresAt), is: nil)
        let last = Timestamp(milliseconds: attempts[0].expiresAt.milliseconds - 1)
        try expect(try await consume(attempts[0], last)?.consumedAt, is: last)
        try expect(try await consume(attempts[1], link.expiresAt), is: nil)
        try await stage.store.revoke(link.id, as: stage.make.change(.linkRevoked))
        try expect(try await consume(attempts[1], stage.now), is: nil)
    }

    func attemptOfAUsedLinkIsNotConsumed(_ stage: Stage) async throws {
        let link = try await stage.link()
        let (first, second) = (stage.make.attempt(of: link), stage.make.attempt(of: link))
        for attempt in [first, second] { try await stage.store.begin(attempt) }
        _ = try await stage.store.consumeAttempt(stateHash: first.stateHash, at: stage.now)
        let connection = stage.make.connection(of: link.seller, with: link.application)
        try await stage.store.establish(
            connection, tokens: stage.make.tokens(of: connection.id), finishing: first.id,
            as: stage.make.change(.connectionLinked))
        try expect(try await stage.store.consumeAttempt(stateHash: second.stateHash, at: stage.now), is: nil)
    }

    func browserFindsItsNewestAttempt(_ stage: Stage) async throws {
        let link = try await stage.link()
        let cookie = stage.make.bytes(32)
        let first = stage.make.attempt(of: link, cookieHash: cookie)
        try await stage.store.begin(first)
        stage.pass(.seconds(1))
        var second = stage.make.attempt(of: link, cookieHash: cookie)
        try await stage.store.begin(second)
        try await stage.store.begin(stage.make.attempt(of: link))
        try expect(try await stage.store.attempt(cookieHash: cookie, since: first.createdAt), is: second)
        try expect(try await stage.store.attempt(cookieHash: cookie, since: stage.now), is: second)
        let later = Timestamp(milliseconds: stage.now.milliseconds + 1)
        try expect(try await stage.store.attempt(cookieHash: cookie, since: later), is: nil)
        try expect(try await stage.store.attempt(cookieHash: stage.make.bytes(32), since: first.createdAt), is: nil)
        try await stage.store.finish(second.id, outcome: .denied, connection: nil, as: nil)
        second.outcome = .denied
        try expect(try await stage.store.attempt(cookieHash: cookie, since: stage.now), is: second)
        try await expectRefusal(.notFound) {
            try await stage.store.finish(stage.make.ids.next(), outcome: .denied, connection: nil, as: nil)
        }
    }

    func undoneAttemptStillNamesItsConnection(_ stage: Stage) async throws {
        let link = try await stage.link()
        let attempt = stage.make.attempt(of: link)
        try await stage.store.begin(attempt)
        let connection = stage.make.connection(of: link.seller, with: link.application)
        try await stage.store.establish(
            connection, tokens: stage.make.tokens(of: connection.id), finishing: attempt.id,
            as: stage.make.change(.connectionLinked))
        try await stage.store.finish(attempt.id, outcome: .undone, connection: nil, as: nil)
        let seen = try await stage.store.attempt(cookieHash: attempt.cookieHash, since: attempt.createdAt)
        try expect(seen?.outcome, is: .undone)
        try expect(seen?.connection, is: connection.id)
    }
}
