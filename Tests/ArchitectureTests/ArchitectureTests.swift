import Testing

@Suite("The architecture")
struct ArchitectureTests {
    @Test("has its sources where these tests look for them")
    func found() throws {
        let targets = Set(try SourceTree.files("Sources").map(\.target))
        #expect(targets == Set(ImportRules.own.keys))
        for only in ImportRules.onlyIn.values {
            #expect(try SourceTree.files("Sources").contains { $0.path == only }, "\(only)")
        }
    }

    @Test("lets imports point one way")
    func imports() throws {
        expectNone(try SourceTree.files("Sources").flatMap(ImportRules.offences))
    }

    @Test("names the vendor in its adapter, the simulator, wiring, the command and pages only")
    func vendor() throws {
        let files = try SourceTree.files("Sources", ["swift", "sql", "mustache", "html", "css", "md"])
        expectNone(files.flatMap(TextRules.vendor.offences))
    }

    @Test("takes time and chance from its initialisers in the core")
    func ambient() throws {
        let files = try SourceTree.files("Sources/Gateway")
        expectNone(TextRules.ambient.flatMap { rule in files.flatMap(rule.offences) })
    }

    @Test("starts no unstructured task but one, and no dispatch queue")
    func concurrency() throws {
        let files = try SourceTree.files("Sources")
        expectNone(TextRules.concurrency.flatMap { rule in files.flatMap(rule.offences) })
    }

    @Test("takes nothing from the compiler's checks")
    func unchecked() throws {
        expectNone(try SourceTree.files("Sources").flatMap(TextRules.unchecked.offences))
    }

    @Test("has tests that do not sleep")
    func sleeping() throws {
        expectNone(try SourceTree.files("Tests").flatMap(TextRules.sleeping.offences))
    }

    @Test("keeps files short: nearly all below 300 lines, none beyond 400")
    func lengths() throws {
        let files = try SourceTree.files("Sources") + SourceTree.files("Tests")
        let long = files.filter { $0.lines.count > 301 }
        #expect(long.count * 20 <= files.count, "\(long.map(\.path))")
        #expect(files.filter { $0.lines.count > 401 }.map(\.path) == [])
    }

    private func expectNone(_ offences: [Offence], sourceLocation: SourceLocation = #_sourceLocation) {
        for offence in offences { Issue.record("\(offence)", sourceLocation: sourceLocation) }
    }
}
