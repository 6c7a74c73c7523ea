/// A log that keeps its newest entries, so that a sandbox under load doesn't grow without end.
struct BoundedLog<Entry: Sendable>: Sendable {
    /// How many entries are kept at least; twice as many at most.
    static var capacity: Int { 100_000 }

    /// The kept entries, oldest first.
    private(set) var entries: [Entry] = []
    private var dropped = 0

    /// Adds an entry and gives its number.
    mutating func append(_ entry: Entry) -> Int {
        if entries.count >= 2 * Self.capacity {
            dropped += Self.capacity
            entries.removeFirst(Self.capacity)
        }
        entries.append(entry)
        return dropped + entries.count - 1
    }

    /// Changes the entry of a number unless it was dropped meanwhile.
    mutating func update(_ number: Int, _ body: (inout Entry) -> Void) {
        let index = number - dropped
        guard entries.indices.contains(index) else { return }
        body(&entries[index])
    }
}
