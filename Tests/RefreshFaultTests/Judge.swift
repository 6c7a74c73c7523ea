import Gateway

/// Says from the provider's own ledger what is wrong with the end of a connection.
///
/// Before it is asked, a connection that is said to work is renewed once more and called with.
enum Judge {
    /// A line of the gateway's refresh journal; they are given oldest first.
    struct Line: Sendable {
        let generation: Int
        let isLastTry: Bool
        let state: RefreshEntry.State
    }

    /// What is wrong; nothing where all is right.
    static func offences(state: Connection.State, journal: [Line], in ledger: GrantLedger) -> [String] {
        ending(state, ledger) + posting(journal, ledger)
    }

    // A working newest pair, or rightly a shop that has to link again.
    private static func ending(_ state: Connection.State, _ ledger: GrantLedger) -> [String] {
        switch state {
        case .linked:
            var offences: [String] = []
            if ledger.isRevoked { offences.append("linked by a grant that is no more") }
            if ledger.calledWith != ledger.newest {
                offences.append("linked with an access token that is not the newest")
            }
            if ledger.posts.last?.issued != ledger.newest || !ledger.isNewestDelivered {
                offences.append("linked with a refresh token that is not the newest")
            }
            return offences
        case .needsRelink:
            guard !ledger.isRevoked, ledger.isNewestDelivered else { return [] }
            return ["the newest pair was answered, and the shop has to link again"]
        default: return ["ended as \(state.rawValue)"]
        }
    }

    // No generation is posted twice unless the first was refused in so many words, or by a deliberate last try.
    private static func posting(_ journal: [Line], _ ledger: GrantLedger) -> [String] {
        Dictionary(grouping: ledger.posts, by: \.generation).sorted { $0.key < $1.key }.flatMap {
            generation, posts -> [String] in
            let lines = journal.filter { $0.generation == generation }
            var offences: [String] = []
            if posts.dropLast().contains(where: \.isDelivered) {
                offences.append("generation \(generation) was posted again after its answer")
            }
            if posts.count > lines.count {
                offences.append("generation \(generation) was posted without a journal line")
            }
            let repeated = posts.dropLast().count { !$0.isRefused }
            if repeated > lines.count(where: \.isLastTry) {
                offences.append("generation \(generation) was posted twice on its own account")
            }
            if !areAllowed(lines) {
                offences.append("generation \(generation) has a line on its own account after one that was not refused")
            }
            return offences
        }
    }

    private static func areAllowed(_ lines: [Line]) -> Bool {
        var isFree = true
        for line in lines {
            guard line.isLastTry || isFree else { return false }
            // A last try that wrote nothing leaves the doubt as it was.
            if line.state == .refused { isFree = true } else if line.state != .notWritten { isFree = false }
        }
        return true
    }
}
