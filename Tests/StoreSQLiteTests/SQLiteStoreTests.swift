import StoreConformance
import StoreSQLite
import Testing

@Suite("The SQLite store")
struct SQLiteStoreTests {
    @Test("keeps every promise", arguments: StoreCase.allCases)
    func conforms(promise: StoreCase) async throws {
        try await withStore { store, _ in try await promise.check(on: store) }
    }
}
