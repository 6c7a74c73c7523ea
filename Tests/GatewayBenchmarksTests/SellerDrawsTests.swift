import Testing

@testable import GatewayBenchmarks

@Suite("The sellers that are drawn")
struct SellerDrawsTests {
    @Test("are busy by Zipf's law: the n-th has 1/n of the first one's calls")
    func zipf() {
        let counts = Self.counts(SellerDraws(.zipf, over: 1000, draws: 200_000)).sorted(by: >)
        #expect((1.9...2.1).contains(counts[0] / counts[1]))
        #expect((9...11).contains(counts[0] / counts[9]))
    }

    @Test("are alike where nothing else is asked for")
    func uniform() {
        let counts = Self.counts(SellerDraws(.uniform, over: 100, draws: 200_000))
        #expect(counts.count == 100)
        #expect(counts.allSatisfy { (1700...2300).contains($0) })
    }

    @Test("are the same each time")
    func same() {
        let first = SellerDraws(.zipf, over: 1000, draws: 100)
        #expect(first.positions == SellerDraws(.zipf, over: 1000, draws: 100).positions)
        #expect(first.positions != SellerDraws(.zipf, over: 1000, draws: 100, seed: 2).positions)
    }

    private static func counts(_ draws: SellerDraws) -> [Double] {
        var counts: [Int: Double] = [:]
        for position in draws.positions { counts[position, default: 0] += 1 }
        return Array(counts.values)
    }
}
