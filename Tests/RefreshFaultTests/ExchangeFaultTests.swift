import StoreSQLite
import TestSupport
import Testing

@testable import Gateway

/// A code works once: what it was exchanged for is never lost.
@Suite("Linking under faults")
struct ExchangeFaultTests {
    @Test("makes the connection later when the database refused the answer")
    func refused() async throws {
        try await LinkingCore.with { core in
            let seller = try await core.seller()
            let linker = core.process().linker
            core.provider.plan(.storeRefuses)
            let callback = try await core.callback(of: seller, linker)
            await #expect(throws: Problem.self) { try await linker.finish(callback) }
            try await core.acceptWrites()
            #expect(try await core.stored(seller) == nil)
            await linker.settleWaiting()
            #expect(try await core.stored(seller)?.access == "access-2")
            #expect(try await linker.result(cookie: callback.cookie)?.outcome == .linked)
            #expect(core.provider.exchanges == 1)
        }
    }

    @Test("makes the connection after a start when the process died with the answer in the spool only")
    func refusedAndDied() async throws {
        try await LinkingCore.with { core in
            let seller = try await core.seller()
            let dead = core.process().linker
            core.provider.plan(.storeRefuses)
            let callback = try await core.callback(of: seller, dead)
            await #expect(throws: Problem.self) { try await dead.finish(callback) }
            try await core.acceptWrites()
            let linker = core.process().linker
            try await linker.recover()
            await linker.settleWaiting()
            #expect(try await core.stored(seller)?.access == "access-2")
            #expect(core.provider.exchanges == 1)
        }
    }

    @Test("says after a start that it failed when the process died before the answer came, and posts no code twice")
    func died() async throws {
        try await LinkingCore.with { core in
            let seller = try await core.seller()
            let dead = core.process().linker
            core.provider.plan(.dies)
            let callback = try await core.callback(of: seller, dead)
            // The call of a process that dies never ends, so nobody may wait for it.
            Task { _ = try? await dead.finish(callback) }
            await core.provider.hanging()
            let linker = core.process().linker
            try await linker.recover()
            await linker.settleWaiting()
            #expect(try await linker.result(cookie: callback.cookie)?.outcome == .exchangeFailed)
            #expect(try await core.stored(seller) == nil)
            #expect(core.provider.exchanges == 1)
            // The shop owner's next try links.
            core.provider.plan(.none)
            let again = try await core.callback(of: seller, linker)
            guard case .finished(.linked) = try await linker.finish(again) else {
                Issue.record("not linked")
                return
            }
        }
    }

    @Test("keeps the answer while the account can't be read, and links by itself afterwards")
    func unreadable() async throws {
        try await LinkingCore.with { core in
            let seller = try await core.seller()
            let linker = core.process().linker
            core.provider.readsAccounts(false)
            let callback = try await core.callback(of: seller, linker)
            guard case .finished(.accountUnreadable) = try await linker.finish(callback) else {
                Issue.record("not told that the account is unreadable")
                return
            }
            await linker.settleWaiting()
            #expect(try await core.stored(seller) == nil)
            core.provider.readsAccounts(true)
            await linker.settleWaiting()
            #expect(try await core.stored(seller)?.access == "access-2")
            #expect(try await linker.result(cookie: callback.cookie)?.outcome == .linked)
        }
    }

    @Test("does not take a newer link's place with an answer that waited")
    func overtaken() async throws {
        try await LinkingCore.with { core in
            let seller = try await core.seller()
            let linker = core.process().linker
            core.provider.readsAccounts(false)
            let first = try await core.callback(of: seller, linker)
            _ = try await linker.finish(first)
            core.provider.readsAccounts(true)
            core.pass(.seconds(5))
            _ = try await linker.finish(try await core.callback(of: seller, linker))
            await linker.settleWaiting()
            #expect(try await core.stored(seller)?.access == "access-3")
            #expect(try await core.store.unfinishedExchanges().isEmpty)
        }
    }

    @Test("leaves the pair to the shop that holds the account, whose own pair the provider has just ended")
    func taken() async throws {
        try await LinkingCore.with { core in
            let holder = try await core.seller()
            let connection = try await core.linked(holder)
            let other = try await core.seller()
            let (refresher, linker) = core.process()
            guard
                case .finished(.accountTaken) = try await linker.finish(try await core.callback(of: other, linker))
            else {
                Issue.record("linked to two shops")
                return
            }
            #expect(try await core.stored(other) == nil)
            // The provider refuses access-1 from now on.
            let token = try await refresher.renewed(connection, ifGeneration: 1, .use, isRefused: true)
            #expect(token.value.reveal { $0 } == "access-2")
            #expect(try await core.stored(holder)?.connection.state == .linked)
        }
    }

    @Test("waits for a refresh that is in hand, so that the newest pair is the one that is kept")
    func inTurn() async throws {
        try await LinkingCore.with { core in
            let seller = try await core.seller()
            let connection = try await core.linked(seller)
            let (refresher, linker) = core.process()
            core.provider.holdsRefreshes(true)
            let refresh = Task { try? await refresher.renewed(connection, ifGeneration: 1, .person) }
            await core.provider.hanging()
            let callback = try await core.callback(of: seller, linker)
            let link = Task { try await linker.finish(callback) }
            // As far as it comes without the refresh's end.
            for _ in 0..<1_000 { await Task.yield() }
            core.provider.holdsRefreshes(false)
            core.provider.release()
            _ = await refresh.value
            guard case .finished(.linked) = try await link.value else {
                Issue.record("not linked")
                return
            }
            #expect(try await core.stored(seller)?.access == "access-\(core.provider.pairs)")
        }
    }

    @Test("posts no code while there is no place for its answer")
    func noPlace() async throws {
        try await LinkingCore.with { core in
            let seller = try await core.seller()
            let linker = core.process().linker
            try core.blockSpool()
            let callback = try await core.callback(of: seller, linker)
            await #expect(throws: Problem.self) { try await linker.finish(callback) }
            #expect(core.provider.exchanges == 0)
        }
    }
}
