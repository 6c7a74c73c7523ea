import StoreConformance
import StoreSQLite
import Testing

@Suite("The SQLite store")
struct SQLiteStoreTests {
    @Test("DLV 1: writes an event and all its deliveries at once", arguments: StoreCase.requirements[1] ?? [])
    func journal(promise: StoreCase) async throws { try await check(promise) }

    @Test("DLV 2: counts a notification once, however many copies come", arguments: StoreCase.requirements[2] ?? [])
    func dedupe(promise: StoreCase) async throws { try await check(promise) }

    @Test("DLV 3: hands a delivery to one worker, with its attempt begun", arguments: StoreCase.requirements[3] ?? [])
    func claim(promise: StoreCase) async throws { try await check(promise) }

    @Test("DLV 9: lets three secrets sign at most", arguments: StoreCase.requirements[9] ?? [])
    func rotation(promise: StoreCase) async throws { try await check(promise) }

    @Test("DLV 14: keeps a rate without claims in vain", arguments: StoreCase.requirements[14] ?? [])
    func rate(promise: StoreCase) async throws { try await check(promise) }

    @Test("DLV 15: keeps what an attempt brought as evidence", arguments: StoreCase.requirements[15] ?? [])
    func evidence(promise: StoreCase) async throws { try await check(promise) }

    @Test("DLV 16: replays from where it was, with room for what is new", arguments: StoreCase.requirements[16] ?? [])
    func replay(promise: StoreCase) async throws { try await check(promise) }

    @Test("DLV 18: forgets nothing that has not ended", arguments: StoreCase.requirements[18] ?? [])
    func retention(promise: StoreCase) async throws { try await check(promise) }

    @Test("DLV 20: keeps every other promise that any store has to keep", arguments: StoreCase.others)
    func conforms(promise: StoreCase) async throws { try await check(promise) }

    private func check(_ promise: StoreCase) async throws {
        try await withStore { store, _ in try await promise.check(on: store) }
    }
}
