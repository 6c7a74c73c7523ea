import Foundation
import Gateway

/// Which sellers are called, drawn beforehand so that the load generator has nothing to work out.
struct SellerDraws: Sendable {
    /// So many, so that no run of usual length meets its own draws again.
    static let usualCount = 1 << 20

    /// How the calls spread over the sellers.
    enum Spread: String, Sendable {
        /// The n-th most busy seller has 1/n of the busiest one's calls.
        case zipf
        /// All alike.
        case uniform
    }

    /// Positions in the list of sellers, in the order of the calls.
    let positions: [Int]

    /// Draws; the same numbers give the same draws.
    init(_ spread: Spread, over count: Int, draws: Int = usualCount, seed: UInt64 = 1) {
        var chance = SplitMix(state: seed)
        switch spread {
        case .uniform: positions = (0..<draws).map { _ in Int.random(in: 0..<count, using: &chance) }
        case .zipf:
            // The busy ones must not lie side by side in the database.
            let order = (0..<count).shuffled(using: &chance)
            var sum = 0.0
            let sums = (1...count).map { rank in
                sum += 1 / Double(rank)
                return sum
            }
            positions = (0..<draws).map { _ in
                order[Self.firstIndex(in: sums, notBelow: .random(in: 0..<sum, using: &chance))]
            }
        }
    }

    private static func firstIndex(in sums: [Double], notBelow value: Double) -> Int {
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Writes the draws and, for each run, a script that calls them from another place on.
    ///
    /// - Returns: The runs' scripts.
    func write(
        _ sellers: [SellerID], name: String, path: String, key: String, runs: Int, in folder: URL
    ) throws -> [URL] {
        let list = folder.appending(path: "\(name).txt")
        var bytes: [UInt8] = []
        let texts = sellers.map { Array("\($0)\n".utf8) }
        for position in positions { bytes += texts[position] }
        try Data(bytes).write(to: list)
        let length = texts.first.map { $0.count - 1 } ?? 0
        return try (0..<runs).map { run in
            let script = """
                local threads = 0
                function setup(thread)
                   thread:set("number", threads)
                   threads = threads + 1
                end

                wrk.headers["Authorization"] = "Bearer \(key)"
                local length, count = \(length), \(positions.count)
                local list, head, tail, at

                function init(args)
                   local file = io.open("\(list.path())", "rb")
                   list = file:read("*a")
                   file:close()
                   local whole = wrk.format("GET", "/v1/sellers/@/proxy\(path)")
                   local mark = whole:find("@", 1, true)
                   head, tail = whole:sub(1, mark - 1), whole:sub(mark + 1)
                   at = math.floor(count * (\(run) + number / 2) / \(runs))
                end

                function request()
                   at = (at + 1) % count
                   local start = at * (length + 1)
                   return head .. list:sub(start + 1, start + length) .. tail
                end

                """
            let file = folder.appending(path: "\(name)-\(run + 1).lua")
            try Data(script.utf8).write(to: file)
            return file
        }
    }
}

/// Sebastiano Vigna's SplitMix64: small, and the same on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
