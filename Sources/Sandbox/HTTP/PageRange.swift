/// The `limit` and `offset` of a list.
struct PageRange: Sendable {
    let limit: Int
    let offset: Int

    /// Reads both from a query.
    ///
    /// - Throws: 400 outside `1...largest` and below zero.
    init(_ query: FormFields, largest: Int, defaultLimit: Int) throws {
        guard let limit = Int(query.filled("limit") ?? String(defaultLimit)), (1...largest).contains(limit) else {
            throw Refusal.upstream(400, "bad_request", "invalid limit")
        }
        guard let offset = Int(query.filled("offset") ?? "0"), offset >= 0 else {
            throw Refusal.upstream(400, "bad_request", "invalid offset")
        }
        self.limit = limit
        self.offset = offset
    }

    /// The elements inside the range.
    func cut<Element>(_ elements: [Element]) -> [Element] {
        Array(elements.dropFirst(offset).prefix(limit))
    }

    /// The upstream's `paging` object.
    func json(total: Int) -> JSON {
        ["total": .int(Int64(total)), "limit": .int(Int64(limit)), "offset": .int(Int64(offset))]
    }
}
