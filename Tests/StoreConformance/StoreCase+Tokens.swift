import Gateway
import TestSupport

// What TokenStore promises: invariant 4 as far as a store can hold it.
extension StoreCase {
    func oneRowIsOpenForAGeneration(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entries = (0..<50).map { _ in stage.make.refresh(of: connection.id) }
        let opened = try await atOnce(entries.count) { index in
            try await succeeds(unless: .conflict(rule: .refreshOpen)) { () async throws(StoreError) in
                try await stage.store.openRefresh(entries[index], superseding: nil)
            }
        }
        try expect(opened.filter(\.self).count, is: 1)
        let open = try await stage.store.openRefreshes()
        try expect(open.count, is: 1)
        try expect(entries.contains(open[0]), "the row is kept as given")
        try expect(
            try await stage.store.unfinishedRefresh(of: connection.id, generation: 1), is: open[0])
        try expect(try await stage.store.unfinishedRefresh(of: connection.id, generation: 2), is: nil)
    }

    func unansweredPostBlocksASecondOne(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entry = stage.make.refresh(of: connection.id)
        try await stage.store.openRefresh(entry, superseding: nil)
        stage.pass(.seconds(120))
        try await stage.store.closeRefresh(entry.id, as: .unanswered, problem: "timeout", restoring: nil, at: stage.now)
        try expect(try await stage.store.openRefreshes(), is: [])
        let closed = RefreshEntry(
            id: entry.id, connection: connection.id, generation: 1, state: .unanswered, openedAt: entry.openedAt,
            closedAt: stage.now, problem: "timeout")
        try expect(try await stage.store.unfinishedRefresh(of: connection.id, generation: 1), is: closed)
        try await expectRefusal(.conflict(rule: .refreshOpen)) {
            try await stage.store.openRefresh(stage.make.refresh(of: connection.id), superseding: nil)
        }
        let flagged = try require(try await stage.store.connection(connection.id))
        try expect(flagged.refreshUncertain, "the connection is flagged")
        try expect(flagged.version, is: connection.version + 1)
        try expect(flagged.state, is: connection.state)
    }

    func refusedPostFreesItsGeneration(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        for state: RefreshEntry.State in [.refused, .notWritten, .superseded] {
            let entry = stage.make.refresh(of: connection.id)
            try await stage.store.openRefresh(entry, superseding: nil)
            try await stage.store.closeRefresh(entry.id, as: state, problem: "a_code", restoring: nil, at: stage.now)
            try expect(try await stage.store.unfinishedRefresh(of: connection.id, generation: 1), is: nil)
        }
        try expect(try await stage.store.connection(connection.id), is: connection)
    }

    func refreshIsClosedOnce(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entry = stage.make.refresh(of: connection.id)
        try await stage.store.openRefresh(entry, superseding: nil)
        try await stage.store.closeRefresh(entry.id, as: .refused, problem: nil, restoring: nil, at: stage.now)
        for id in [entry.id, stage.make.ids.ulid()] {
            try await expectRefusal(.notFound) {
                try await stage.store.closeRefresh(id, as: .unanswered, problem: nil, restoring: nil, at: stage.now)
            }
        }
        try expect(try await stage.store.connection(connection.id)?.refreshUncertain, is: false)
    }

    func onlyTheNewestGenerationIsPosted(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        for generation in [2, 3] {
            try await expectRefusal(.conflict(rule: .stale)) {
                try await stage.store.openRefresh(
                    stage.make.refresh(of: connection.id, generation: generation), superseding: nil)
            }
        }
        try await expectRefusal(.notFound) {
            try await stage.store.openRefresh(stage.make.refresh(of: stage.make.ids.next()), superseding: nil)
        }
        try await stage.store.revoke(connection.id, event: nil, as: stage.make.change(.connectionRevoked))
        try await expectRefusal(.conflict(rule: .stale)) {
            try await stage.store.openRefresh(stage.make.refresh(of: connection.id), superseding: nil)
        }
    }

    func compareAndSwapDecidesWhoReplaces(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entry = stage.make.refresh(of: connection.id)
        try await stage.store.openRefresh(entry, superseding: nil)
        let pairs = (0..<20).map { _ in stage.make.tokens(of: connection.id, generation: 2) }
        let results = try await atOnce(pairs.count) { index in
            (
                index,
                try await succeeds(unless: .conflict(rule: .stale)) { () async throws(StoreError) in
                    try await stage.store.replaceTokens(
                        pairs[index], ifGeneration: 1, closing: index == 0 ? entry.id : nil, at: stage.now)
                }
            )
        }
        let winners = results.filter(\.1).map(\.0)
        try expect(winners.count, is: 1)
        try expect(try await stage.store.tokens(of: connection.id), is: pairs[winners[0]])
        // A loser closes no row.
        try expect(try await stage.store.openRefreshes().isEmpty, is: winners[0] == 0)
    }

    func replacingClearsTheDoubt(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entry = stage.make.refresh(of: connection.id)
        try await stage.store.openRefresh(entry, superseding: nil)
        try await stage.store.closeRefresh(entry.id, as: .unanswered, problem: nil, restoring: nil, at: stage.now)
        let pair = stage.make.tokens(of: connection.id, generation: 2)
        try await stage.store.replaceTokens(pair, ifGeneration: 1, closing: entry.id, at: stage.now)
        try expect(try await stage.store.tokens(of: connection.id), is: pair)
        let cleared = try require(try await stage.store.connection(connection.id))
        try expect(cleared.refreshUncertain, is: false)
        try expect(cleared.version, is: connection.version + 2)
        try expect(try await stage.store.unfinishedRefresh(of: connection.id, generation: 1), is: nil)
        try await stage.store.openRefresh(stage.make.refresh(of: connection.id, generation: 2), superseding: nil)
        // Without a doubt there is nothing to clear and no version to count.
        let next = stage.make.tokens(of: connection.id, generation: 3)
        try await stage.store.replaceTokens(next, ifGeneration: 2, closing: nil, at: stage.now)
        try expect(try await stage.store.connection(connection.id)?.version, is: cleared.version)
    }

    func tokensOfARevokedConnectionAreNotReplaced(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        try await stage.store.revoke(connection.id, event: nil, as: stage.make.change(.connectionRevoked))
        try await expectRefusal(.conflict(rule: .stale)) {
            try await stage.store.replaceTokens(
                stage.make.tokens(of: connection.id, generation: 2), ifGeneration: 1, closing: nil, at: stage.now)
        }
        try expect(try await stage.store.tokens(of: connection.id), is: nil)
        try expect(try await stage.store.tokens(of: stage.make.ids.next()), is: nil)
    }

    func lastTryTakesThePlaceOfAnUnansweredPost(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let first = stage.make.refresh(of: connection.id)
        try await stage.store.openRefresh(first, superseding: nil)
        try await stage.store.closeRefresh(first.id, as: .unanswered, problem: nil, restoring: nil, at: stage.now)
        let tries = (0..<20).map { _ in stage.make.refresh(of: connection.id, isLastTry: true) }
        let opened = try await atOnce(tries.count) { index in
            try await succeeds(unless: .conflict(rule: .refreshOpen)) { () async throws(StoreError) in
                try await stage.store.openRefresh(tries[index], superseding: first.id)
            }
        }
        try expect(opened.filter(\.self).count, is: 1)
        let entries = try await stage.store.refreshes(of: connection.id, generation: 1)
        try expect(entries.map(\.state), is: [.open, .superseded])
        try expect(entries.map(\.isLastTry), is: [true, false])
        try expect(entries[0].leaseUntil, is: entries[0].openedAt + RefreshEntry.lease)
        // Refused for another reason it used nothing up: the first post is as unanswered as it was.
        try await stage.store.closeRefresh(
            entries[0].id, as: .refused, problem: "429", restoring: first.id, at: stage.now)
        try expect(try await stage.store.unfinishedRefresh(of: connection.id, generation: 1)?.id, is: first.id)
    }

    func pairThatLostItsPlaceIsKept(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entry = stage.make.refresh(of: connection.id)
        try await stage.store.openRefresh(entry, superseding: nil)
        try await stage.store.replaceTokens(
            stage.make.tokens(of: connection.id, generation: 2), ifGeneration: 1, closing: nil, at: stage.now)
        let lost = KeptPair(stage.make.tokens(of: connection.id, generation: 2))
        try await stage.store.keepAnswer(lost, of: entry.id, at: stage.now)
        let kept = try await stage.store.keptAnswers(of: connection.id)
        try expect(kept.map(\.entry), is: [entry.id])
        try expect(kept.map(\.answer), is: [lost])
        try expect(try await stage.store.openRefreshes(), is: [])
        try await stage.store.forgetAnswers(openedBefore: entry.openedAt)
        try expect(try await stage.store.keptAnswers(of: connection.id).count, is: 1)
        try await stage.store.forgetAnswer(of: entry.id)
        try expect(try await stage.store.keptAnswers(of: connection.id).count, is: 0)
    }

    func keptPairsGoWithTheirAccount(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entries = [1, 2].map { _ in stage.make.refresh(of: connection.id) }
        try await stage.store.openRefresh(entries[0], superseding: nil)
        try await stage.store.keepAnswer(
            KeptPair(stage.make.tokens(of: connection.id, generation: 2)), of: entries[0].id, at: stage.now)
        try await stage.store.openRefresh(entries[1], superseding: nil)
        try await stage.store.revoke(connection.id, event: nil, as: stage.make.change(.connectionRevoked))
        try expect(try await stage.store.keptAnswers(of: connection.id).count, is: 0)
        // What comes after the revocation gets no place.
        try await stage.store.keepAnswer(
            KeptPair(stage.make.tokens(of: connection.id, generation: 2)), of: entries[1].id, at: stage.now)
        try expect(try await stage.store.keptAnswers(of: connection.id).count, is: 0)
    }

    func dueIsWhatHasAThirdOfItsLifeLeft(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let day = Duration.seconds(86_400)
        func due() async throws -> [ConnectionID] {
            try await stage.store.dueForRefresh(at: stage.now, limit: 10).map(\.connection)
        }
        stage.pass(day * 119)
        try expect(try await due(), is: [])
        stage.pass(day * 8)
        try expect(try await due(), is: [connection.id])
        let entry = stage.make.refresh(of: connection.id)
        try await stage.store.openRefresh(entry, superseding: nil)
        try await stage.store.closeRefresh(entry.id, as: .refused, problem: "429", restoring: nil, at: stage.now)
        try expect(try await due(), is: [])
        stage.pass(.seconds(600))
        try expect(try await due(), is: [connection.id])
        let application = connection.application
        try await stage.store.stopRefreshing(
            application, .init(at: stage.now, reason: "invalid_client"),
            event: stage.make.notice(of: connection.seller),
            as: stage.make.change(.applicationRefreshStopped))
        try expect(try await due(), is: [])
        try expect(try await stage.store.application(application)?.refreshStop?.reason, is: "invalid_client")
        try await expectRefusal(.conflict(rule: .state)) {
            try await stage.store.stopRefreshing(
                application, .init(at: stage.now, reason: "again"), event: stage.make.notice(of: connection.seller),
                as: stage.make.change(.applicationRefreshStopped))
        }
        try await stage.store.resumeRefreshing(application, as: stage.make.change(.applicationRefreshResumed))
        try expect(try await due(), is: [connection.id])
        try await expectRefusal(.conflict(rule: .state)) {
            try await stage.store.resumeRefreshing(application, as: stage.make.change(.applicationRefreshResumed))
        }
    }

    func unansweredPostIsDueForAReview(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entry = stage.make.refresh(of: connection.id)
        try await stage.store.openRefresh(entry, superseding: nil)
        try await stage.store.closeRefresh(entry.id, as: .unanswered, problem: nil, restoring: nil, at: stage.now)
        try expect(try await stage.store.dueForRefresh(at: stage.now, limit: 10), is: [])
        stage.pass(.seconds(600))
        try expect(
            try await stage.store.dueForRefresh(at: stage.now, limit: 10),
            is: [RefreshDue(connection: connection.id, generation: 1, isUncertain: true)])
    }
}
