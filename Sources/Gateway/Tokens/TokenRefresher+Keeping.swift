import Logging
import Synchronization

extension TokenRefresher {
    /// Stores the pair that came, in the spool if the database refuses it; the answer is never lost.
    func keep(
        _ grant: TokenGrant, of connection: Connection, after old: StoredTokens, closing entry: ULID?,
        by sealer: Sealer
    ) async throws(Problem) -> AccessToken {
        let tokens = try sealed(grant, of: connection, after: old, by: sealer)
        let kept = WaitingPairs.Pair(tokens: tokens, generation: old.generation, entry: entry)
        do {
            try await replace(kept)
            logger.note("Tokens refreshed", [.connection: connection.id, .generation: tokens.generation])
        } catch {
            guard let entry else { throw Problem(error) }
            switch error {
            case .conflict(rule: .stale):
                try await keepLoser(tokens, entry)
                return try await opened(try await stored(connection.id))
            // The seller was erased meanwhile.
            case .notFound: spool.release(entry)
            case .conflict, .unavailable, .corrupted: keepWaiting(kept, entry, connection.id)
            }
        }
        if connection.state == .needsRelink { try await repaired(try await self.connection(connection.id)) }
        return AccessToken(value: grant.access, generation: tokens.generation, expiresAt: tokens.expiresAt)
    }

    private func replace(_ pair: WaitingPairs.Pair) async throws(StoreError) {
        try await store.replaceTokens(
            pair.tokens, ifGeneration: pair.generation, closing: pair.entry, at: clock.now)
        directory.forget(token: pair.tokens.connection)
        if let entry = pair.entry { spool.release(entry) }
    }

    private func keepWaiting(_ pair: WaitingPairs.Pair, _ entry: ULID, _ connection: ConnectionID) {
        do {
            try spool.keep(KeptPair(pair.tokens).packed, for: entry)
            logger.note("Answer of a refresh kept in the spool", at: .error, [.connection: connection])
        } catch {
            logger.note("Answer of a refresh kept in memory only", at: .critical, [.connection: connection])
        }
        waiting.add(pair)
    }

    // Another pair won meanwhile, such as that of a link that was made anew; this one may be the provider's newest.
    private func keepLoser(_ tokens: StoredTokens, _ entry: ULID) async throws(Problem) {
        do {
            try await store.keepAnswer(KeptPair(tokens), of: entry, at: clock.now)
            spool.release(entry)
        } catch {
            try? spool.keep(KeptPair(tokens).packed, for: entry)
            throw Problem(error)
        }
    }

    /// Offers what the database refused to it again.
    func adoptWaiting() async {
        for pair in waiting.all {
            do throws(StoreError) {
                try await replace(pair)
                waiting.remove(pair)
                logger.note("Answer of a refresh stored at last", at: .notice, [.connection: pair.tokens.connection])
            } catch {
                if case .conflict = error, let entry = pair.entry {
                    try? await keepLoser(pair.tokens, entry)
                    waiting.remove(pair)
                }
            }
        }
    }

    /// Resolves by evidence what a dead process left: a spooled answer is stored, an open post is unanswered.
    ///
    /// To be called before the first refresh, while this is the database's only process.
    ///
    /// - Throws: ``StoreError``.
    public func recover() async throws {
        let open = try await store.openRefreshes()
        for entry in open {
            if let answer = spool.answer(of: entry.id).flatMap({ KeptPair(packed: $0) }) {
                waiting.add(.init(tokens: answer.tokens, generation: entry.generation, entry: entry.id))
                continue
            }
            try await store.closeRefresh(
                entry.id, as: .unanswered, problem: "process_died", restoring: nil, at: clock.now)
            spool.release(entry.id)
            logger.note("Refresh left open by a dead process", at: .warning, [.connection: entry.connection])
        }
        await adoptWaiting()
        // Places of rows that are closed: the process died between the commit and the clearing up.
        for entry in spool.entries() where !open.contains(where: { $0.id == entry }) {
            guard let tokens = spool.answer(of: entry).flatMap({ KeptPair(packed: $0) })?.tokens else {
                spool.release(entry)
                continue
            }
            // A database that was restored is older than the answer by any number of generations, which is newer than all.
            let present = try await store.tokens(of: tokens.connection)?.generation ?? tokens.generation - 1
            waiting.add(
                .init(tokens: tokens, generation: min(present, tokens.generation - 1), entry: entry))
            await adoptWaiting()
        }
    }

    /// A pair of the same account that lost to another one and works, adopted before a shop is asked to link again.
    func adoptedFromJournal(
        _ connection: Connection, _ tokens: StoredTokens
    ) async throws(Problem) -> AccessToken? {
        let kept: [(entry: ULID, answer: KeptPair)]
        do { kept = try await store.keptAnswers(of: connection.id) } catch { throw Problem(error) }
        for (entry, answer) in kept {
            let pair = answer.tokens
            let access = try await open(pair.access, .accessToken, pair.connection, connection.seller).text
            let token = AccessToken(value: access, generation: tokens.generation + 1, expiresAt: pair.expiresAt)
            guard await probe(token, connection) == .works else { continue }
            let refresh: Secret<String>? =
                if let sealed = pair.refresh {
                    try await open(sealed, .refreshToken, pair.connection, connection.seller).text
                } else { nil }
            let grant = TokenGrant(
                access: access, refresh: refresh, lifetime: pair.expiresAt - clock.now, scopes: connection.scopes,
                user: connection.upstreamUser, liveMode: connection.liveMode)
            let adopted = try sealed(
                grant, of: connection, after: tokens, by: try await sealer(for: connection.seller))
            do {
                try await store.replaceTokens(adopted, ifGeneration: tokens.generation, closing: nil, at: clock.now)
                try await store.forgetAnswer(of: entry)
            } catch { throw Problem(error) }
            directory.forget(token: connection.id)
            logger.note("Pair adopted from the journal", at: .notice, [.connection: connection.id])
            return token
        }
        return nil
    }
}

/// Pairs that came and that the database has not taken yet.
final class WaitingPairs: Sendable {
    struct Pair: Sendable {
        let tokens: StoredTokens
        /// The generation that was posted.
        let generation: Int
        let entry: ULID?
    }

    private let pairs = Mutex<[ConnectionID: Pair]>([:])

    var all: [Pair] { pairs.withLock { Array($0.values) } }

    /// The pair that waits for a connection's row.
    func pair(of connection: ConnectionID) -> StoredTokens? { pairs.withLock { $0[connection]?.tokens } }

    func add(_ pair: Pair) { pairs.withLock { $0[pair.tokens.connection] = pair } }

    func remove(_ pair: Pair) { pairs.withLock { $0[pair.tokens.connection] = nil } }
}
