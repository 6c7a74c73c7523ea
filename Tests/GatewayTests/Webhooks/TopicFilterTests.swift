import Testing

@testable import Gateway

@Suite("A topic filter")
struct TopicFilterTests {
    @Test("matches names, families and everything")
    func matching() throws {
        let filter = try #require(TopicFilter(["payment.*", "seller.linked"]))
        #expect(filter.matches("payment.updated"))
        #expect(filter.matches("payment.point.finished"))
        #expect(filter.matches("seller.linked"))
        #expect(!filter.matches("payment"))
        #expect(!filter.matches("payments.updated"))
        #expect(!filter.matches("a.payment.updated"))
        #expect(!filter.matches("seller.revoked"))
        #expect(!filter.matches("seller.linked.again"))
        #expect(TopicFilter.all.matches("anything"))
        #expect(TopicFilter.all == TopicFilter(["*"]))
    }

    @Test("takes up to 50 patterns of up to 100 characters")
    func limits() {
        let longest = String(repeating: "a", count: 100)
        #expect(TopicFilter([longest])?.matches(longest) == true)
        #expect(TopicFilter([longest + "a"]) == nil)
        #expect(TopicFilter((0..<50).map { "topic.\($0)" }) != nil)
        #expect(TopicFilter((0..<51).map { "topic.\($0)" }) == nil)
        #expect(TopicFilter(["a-b_c.0.*"])?.patterns == ["a-b_c.0.*"])
    }

    @Test(
        "refuses patterns of another form",
        arguments: [
            [], ["a*"], ["*.a"], ["A"], ["a b"], [".*"], [""], ["**"], ["a.*.b"], ["a.*", "b*"], ["á"], ["a\n"],
            ["a,b"], ["*", ""],
        ])
    func refused(patterns: [String]) {
        #expect(TopicFilter(patterns) == nil)
    }
}
