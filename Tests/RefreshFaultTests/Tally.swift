/// What both knobs of the sandbox stand at; REF marks both as unconfirmed.
struct Knobs: Hashable, Sendable {
    let revokesOldAccess: Bool
    let reuseRevokesGrant: Bool
}

/// What schedules did.
struct Tally: Sendable {
    /// A connection that ended badly, with the seed that makes it happen again.
    struct Lost: Error, CustomStringConvertible {
        let seed: UInt64
        let what: [String]
        var ledger: GrantLedger?

        var description: String {
            let posts = ledger?.posts.map { "  \($0)" } ?? []
            return (["seed \(seed): \(what.joined(separator: "; "))"] + posts).joined(separator: "\n")
        }
    }

    var schedules = 0
    var faults = 0
    var deaths = 0
    var kills = 0
    var posts = 0
    var relinks = 0
    var lost: [Lost] = []

    static func + (one: Tally, other: Tally) -> Tally {
        Tally(
            schedules: one.schedules + other.schedules, faults: one.faults + other.faults,
            deaths: one.deaths + other.deaths, kills: one.kills + other.kills, posts: one.posts + other.posts,
            relinks: one.relinks + other.relinks, lost: one.lost + other.lost)
    }

    /// What a schedule did; one that could not be run to its end is lost too.
    static func of(_ seed: UInt64, _ run: () async throws -> Tally) async -> Tally {
        do { return try await run() } catch {
            return Tally(schedules: 1, lost: [Lost(seed: seed, what: ["\(error)"])])
        }
    }
}
