import Gateway
import Testing

@testable import StoreSQLite

@Suite("A diagnosis of the SQLite store")
struct DiagnosisTests {
    @Test("says that a new database is whole and durable")
    func whole() async throws {
        try await withStore { store, _ in
            let diagnosis = try await store.diagnosis()
            #expect(diagnosis == StoreDiagnosis(lapses: [], integrity: .whole))
        }
    }

    @Test("names the pragma that would lose commits")
    func lapse() async throws {
        try await withStore { store, _ in
            try await store.execute("PRAGMA synchronous = NORMAL")
            let lapses = try await store.diagnosis().lapses
            #expect(lapses == ["synchronous is 1"])
        }
    }
}
