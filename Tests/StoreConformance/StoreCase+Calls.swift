import Gateway
import TestSupport

// What CallStore promises.
extension StoreCase {
    func callsAreFoundBySecondAndSeller(_ stage: Stage) async throws {
        let (one, other) = (stage.make.seller().id, stage.make.seller().id)
        let blocks = [
            CallBlock(second: 100, sellers: [one], bytes: [1]),
            CallBlock(second: 101, sellers: [one, other], bytes: [2]),
            CallBlock(second: 101, sellers: [other], bytes: [3]),
            CallBlock(second: 105, sellers: [other], bytes: [4]),
        ]
        try await stage.store.add(Array(blocks[1...]))
        // What began earlier may end later.
        try await stage.store.add([blocks[0]])
        func found(_ seller: SellerID?, _ last: Int64, _ first: Int64 = .min) async throws -> [CallBlock] {
            try await stage.store.newestCalls(of: seller, atOrBefore: last, since: first)
                .sorted { $0.bytes[0] < $1.bytes[0] }
        }
        try expect(try await found(nil, .max), is: [blocks[3]])
        try expect(try await found(nil, 104), is: [blocks[1], blocks[2]])
        try expect(try await found(one, .max), is: [blocks[1]])
        try expect(try await found(one, 100), is: [blocks[0]])
        try expect(try await found(one, 99), is: [])
        try expect(try await found(other, 104, 102), is: [])
        try expect(try await found(stage.make.seller().id, .max), is: [])
    }

    func forgettingCallsIsBounded(_ stage: Stage) async throws {
        let seller = stage.make.seller().id
        let blocks = (100..<105).map { CallBlock(second: $0, sellers: [seller], bytes: [1]) }
        try await stage.store.add(blocks)
        try expect(try await stage.store.forgetCalls(before: 104, limit: 3), is: 3)
        try expect(try await stage.store.forgetCalls(before: 104, limit: 3), is: 1)
        try expect(try await stage.store.forgetCalls(before: 104, limit: 3), is: 0)
        try expect(
            try await stage.store.newestCalls(of: seller, atOrBefore: .max, since: .min), is: [blocks[4]])
        try expect(try await stage.store.newestCalls(of: seller, atOrBefore: 103, since: .min), is: [])
    }
}
