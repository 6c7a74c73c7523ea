import TestSupport
import Testing

@testable import Gateway

@Suite("The call log")
struct CallLogTests {
    private let make = Fixtures()

    private func call(
        _ seller: SellerID, after milliseconds: Int64 = 0, key: APIKeyID? = nil, route: String = "/users/me",
        status: Int = 200
    ) -> CallRecord {
        let moment = make.clock.now + .milliseconds(milliseconds)
        return CallRecord(
            id: CallID(ULID(at: moment, random: SeededRandom(seed: UInt64(milliseconds + 1)).source)),
            startedAt: moment, seller: seller, key: key ?? make.ids.next(), method: "GET", route: route,
            status: status, microseconds: 1_234_567, requestBytes: 0, responseBytes: 32 << 20)
    }

    @Test("gives back every field of every call that was packed")
    func packing() throws {
        let sellers = (0..<7).map { _ in make.seller().id }
        let keys: [APIKeyID] = (0..<3).map { _ in make.ids.next() }
        let calls = (0..<2500).map { number in
            call(
                sellers[number % 7], after: Int64(number), key: keys[number % 3],
                route: number.isMultiple(of: 2) ? "/v1/payments/{number}" : "/users/me", status: 100 + number % 500)
        }
        let blocks = CallBlock.pack(calls)
        #expect(blocks.map(\.second) == blocks.map(\.second).sorted())
        #expect(blocks.count == 3)
        #expect(blocks.allSatisfy { Set($0.sellers).count == $0.sellers.count })
        let unpacked = try blocks.flatMap { try #require($0.calls()) }
        #expect(Set(unpacked) == Set(calls))
        #expect(unpacked.count == calls.count)
        #expect(blocks.reduce(0) { $0 + $1.bytes.count } < calls.count * 40)
    }

    @Test("packs at most a thousand calls into a block")
    func largeBlocks() {
        let seller = make.seller().id
        let blocks = CallBlock.pack((0..<2001).map { _ in call(seller) })
        #expect(blocks.compactMap { $0.calls()?.count } == [1000, 1000, 1])
    }

    @Test("reads no block whose bytes are not one's, and none of them brings it down")
    func damage() throws {
        let block = try #require(CallBlock.pack([call(make.seller().id), call(make.seller().id)]).first)
        for count in 0..<block.bytes.count {
            let cut = CallBlock(second: block.second, sellers: block.sellers, bytes: Array(block.bytes.prefix(count)))
            #expect(cut.calls() == nil)
        }
        #expect(CallBlock(second: 1, sellers: block.sellers, bytes: block.bytes + [0]).calls() == nil)
        #expect(CallBlock(second: 1, sellers: [], bytes: block.bytes).calls() == nil)
        let random = SeededRandom(seed: 3)
        for _ in 0..<20_000 {
            var bytes = block.bytes
            for _ in 0..<3 {
                let chance = random.next()
                bytes[Int(chance >> 8) % bytes.count] = UInt8(truncatingIfNeeded: chance)
            }
            _ = CallBlock(second: block.second, sellers: block.sellers, bytes: bytes).calls()
        }
    }

    @Test("keeps so many calls and counts the rest, which stay lost")
    func bounded() {
        let log = CallLog(limit: 3)
        let seller = make.seller().id
        for _ in 0..<5 { log.note(call(seller)) }
        let (calls, dropped) = log.take()
        #expect((calls.count, dropped) == (3, 2))
        #expect(log.take().calls.isEmpty)
    }
}
