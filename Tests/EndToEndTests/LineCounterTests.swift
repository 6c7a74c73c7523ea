import Testing

@testable import enlace

@Suite("The end of an export")
struct LineCounterTests {
    private static let whole = """
        {"record":"seller","value":{}}
        {"record":"end","value":{"records":1}}

        """

    @Test("is seen wherever the bytes are cut")
    func complete() {
        for cut in 0...Self.whole.utf8.count {
            var lines = LineCounter()
            lines.take(Self.whole.utf8.prefix(cut))
            #expect(lines.isComplete == (cut == Self.whole.utf8.count))
            lines.take(Self.whole.utf8.dropFirst(cut))
            #expect(lines.isComplete)
        }
    }

    @Test("does not count where a line is missing")
    func missing() {
        var lines = LineCounter()
        lines.take("{\"record\":\"end\",\"value\":{\"records\":1}}\n".utf8)
        #expect(!lines.isComplete)
    }
}
