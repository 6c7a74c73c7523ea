import Gateway
import TestSupport

// What TokenStore promises: invariant 4 as far as a store can hold it.
extension StoreCase {
    func oneRowIsOpenForAGeneration(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entries = (0..<50).map { _ in stage.make.refresh(of: connection.id) }
        let opened = try await atOnce(entries.count) { index in
            try await succeeds(unless: .conflict(rule: .refreshOpen)) { () async throws(StoreError) in
                try await stage.store.openRefresh(entries[index])
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
        try await stage.store.openRefresh(entry)
        stage.pass(.seconds(120))
        try await stage.store.closeRefresh(entry.id, as: .unanswered, problem: "timeout", at: stage.now)
        try expect(try await stage.store.openRefreshes(), is: [])
        let closed = RefreshEntry(
            id: entry.id, connection: connection.id, generation: 1, state: .unanswered, openedAt: entry.openedAt,
            closedAt: stage.now, problem: "timeout")
        try expect(try await stage.store.unfinishedRefresh(of: connection.id, generation: 1), is: closed)
        try await expectRefusal(.conflict(rule: .refreshOpen)) {
            try await stage.store.openRefresh(stage.make.refresh(of: connection.id))
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
            try await stage.store.openRefresh(entry)
            try await stage.store.closeRefresh(entry.id, as: state, problem: "a_code", at: stage.now)
            try expect(try await stage.store.unfinishedRefresh(of: connection.id, generation: 1), is: nil)
        }
        try expect(try await stage.store.connection(connection.id), is: connection)
    }

    func refreshIsClosedOnce(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entry = stage.make.refresh(of: connection.id)
        try await stage.store.openRefresh(entry)
        try await stage.store.closeRefresh(entry.id, as: .refused, problem: nil, at: stage.now)
        for id in [entry.id, stage.make.ids.ulid()] {
            try await expectRefusal(.notFound) {
                try await stage.store.closeRefresh(id, as: .unanswered, problem: nil, at: stage.now)
            }
        }
        try expect(try await stage.store.connection(connection.id)?.refreshUncertain, is: false)
    }

    func onlyTheNewestGenerationIsPosted(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        for generation in [2, 3] {
            try await expectRefusal(.conflict(rule: .stale)) {
                try await stage.store.openRefresh(stage.make.refresh(of: connection.id, generation: generation))
            }
        }
        try await expectRefusal(.notFound) {
            try await stage.store.openRefresh(stage.make.refresh(of: stage.make.ids.next()))
        }
        try await stage.store.revoke(connection.id, event: nil, as: stage.make.change(.connectionRevoked))
        try await expectRefusal(.conflict(rule: .stale)) {
            try await stage.store.openRefresh(stage.make.refresh(of: connection.id))
        }
    }

    func compareAndSwapDecidesWhoReplaces(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let entry = stage.make.refresh(of: connection.id)
        try await stage.store.openRefresh(entry)
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
        try await stage.store.openRefresh(entry)
        try await stage.store.closeRefresh(entry.id, as: .unanswered, problem: nil, at: stage.now)
        let pair = stage.make.tokens(of: connection.id, generation: 2)
        try await stage.store.replaceTokens(pair, ifGeneration: 1, closing: entry.id, at: stage.now)
        try expect(try await stage.store.tokens(of: connection.id), is: pair)
        let cleared = try require(try await stage.store.connection(connection.id))
        try expect(cleared.refreshUncertain, is: false)
        try expect(cleared.version, is: connection.version + 2)
        try expect(try await stage.store.unfinishedRefresh(of: connection.id, generation: 1), is: nil)
        try await stage.store.openRefresh(stage.make.refresh(of: connection.id, generation: 2))
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
}
