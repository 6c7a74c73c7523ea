/// What is going on for each seller: its bucket, its calls in hand, its pauses.
///
/// Bounded: a seller with nothing in hand, a full bucket and no pause equals one that is not known, and its place is
/// given to the next. Each newcomer looks at two places, so that no call ever pays for a sweep. Times are nanoseconds
/// of ``MonotonicClock``.
struct SellerTraffic: Sendable {
    /// Most sellers with something to be remembered.
    static let limit = 65_536
    /// How often one seller may poll (REF §5: one a second).
    static let pollInterval: Int64 = 1_000_000_000
    /// The longest pause that the provider's word is taken for.
    static let longestPause: Int64 = 3_600_000_000_000
    /// Its pause where it names none, and the shortest.
    static let shortestPause: Int64 = 1_000_000_000

    struct Entry: Sendable {
        var seller: SellerID
        var bucket = TokenBucket()
        var inHand = 0
        var nextPollAt: Int64 = 0
        var pausedUntil: Int64 = 0

        func pause(at now: Int64) -> Int64 { Self.left(pausedUntil, at: now, longest: longestPause) }

        func pollWait(at now: Int64) -> Int64 { Self.left(nextPollAt, at: now, longest: pollInterval) }

        func isIdle(at now: Int64) -> Bool {
            inHand == 0 && bucket.isFull(at: now) && pause(at: now) == 0 && pollWait(at: now) == 0
        }

        // An end further away than there can be is one of a clock that went back.
        private static func left(_ end: Int64, at now: Int64, longest: Int64) -> Int64 {
            end - now > longest ? 0 : max(0, end - now)
        }
    }

    /// The entries by their places.
    var entries: [Entry] = []
    private var places: [SellerID: Int] = [:]
    private var hand = 0
    private let limit: Int

    init(limit: Int = Self.limit) {
        self.limit = limit
    }

    /// The seller's place, a new one where it has none; `nil` when all are taken.
    mutating func place(of seller: SellerID, at now: Int64) -> Int? {
        if let place = places[seller] { return place }
        guard let place = vacantPlace(at: now) else { return nil }
        if place == entries.count {
            entries.append(Entry(seller: seller))
        } else {
            places[entries[place].seller] = nil
            entries[place] = Entry(seller: seller)
        }
        places[seller] = place
        return place
    }

    private mutating func vacantPlace(at now: Int64) -> Int? {
        if let place = turnHand(2, to: { $0.isIdle(at: now) }) { return place }
        if entries.count < limit { return entries.count }
        // A bucket that starts anew is the lesser evil; calls in hand and pauses are not forgotten.
        return turnHand(64) { $0.inHand == 0 && $0.pause(at: now) == 0 }
    }

    private mutating func turnHand(_ steps: Int, to isVacant: (Entry) -> Bool) -> Int? {
        for _ in 0..<min(steps, entries.count) {
            hand = hand + 1 < entries.count ? hand + 1 : 0
            if isVacant(entries[hand]) { return hand }
        }
        return nil
    }
}
