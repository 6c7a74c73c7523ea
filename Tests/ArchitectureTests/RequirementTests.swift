import Testing

/// Each requirement of delivery has a test that bears its number, so that it is found by whoever doubts it.
@Suite("The requirements of delivery")
struct RequirementTests {
    @Test("have a test each", arguments: 1...20)
    func named(number: Int) throws {
        let tests = try SourceTree.files("Tests").map(\.text).joined()
        #expect(tests.contains("\"DLV \(number): "), "no test is named for DLV \(number)")
    }
}
