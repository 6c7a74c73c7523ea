/// Deals places out to owners in turn, and an owner's places to its endpoints in turn (DLV 13).
///
/// Every delivery costs one place, so that a deficit round robin is a plain one: who got none this time stands first
/// next time, since the order that comes in is that of waiting.
public struct FairShare: Sendable {
    /// All places there are.
    public let places: Int
    /// How many of them are free.
    public let free: Int

    /// Takes the numbers of places.
    public init(places: Int, free: Int) {
        self.places = places
        self.free = free
    }

    /// What one owner may hold while another one waits.
    var share: Int { max(1, places / 4) }
    /// What one owner may hold at all: whoever comes next must not wait for answers that may take half a minute.
    var most: Int { max(1, places * 3 / 4) }

    /// Picks, one of each owner before the second of any.
    ///
    /// - Parameters:
    ///   - lines: Owner and endpoint, who waits longest first.
    ///   - underWay: What an owner holds already.
    ///   - next: The endpoint's next delivery; `nil` once it has none to give.
    /// - Returns: What was picked, at most ``free``.
    /// - Throws: what `next` throws.
    public func deal<Owner: Hashable, Line, Picked>(
        _ lines: [(owner: Owner, line: Line)], underWay: [Owner: Int],
        next: (Line) throws -> Picked?
    ) rethrows -> [Picked] {
        var order: [Owner] = []
        var waiting: [Owner: [Line]] = [:]
        for (owner, line) in lines {
            if waiting[owner] == nil { order.append(owner) }
            waiting[owner, default: []].append(line)
        }
        var held = underWay
        var picked: [Picked] = []
        for cap in [share, most] {
            var active = order
            while picked.count < free, !active.isEmpty {
                var still: [Owner] = []
                for owner in active where picked.count < free {
                    guard held[owner, default: 0] < cap, let one = try take(of: owner, &waiting, next) else { continue }
                    picked.append(one)
                    held[owner, default: 0] += 1
                    still.append(owner)
                }
                active = still
            }
        }
        return picked
    }

    /// The next delivery of an owner; its endpoints take turns.
    private func take<Owner: Hashable, Line, Picked>(
        of owner: Owner, _ waiting: inout [Owner: [Line]], _ next: (Line) throws -> Picked?
    ) rethrows -> Picked? {
        while let line = waiting[owner]?.first {
            waiting[owner]?.removeFirst()
            guard let one = try next(line) else { continue }
            waiting[owner]?.append(line)
            return one
        }
        return nil
    }
}
