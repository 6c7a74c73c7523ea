/// Looks for the empty line that ends a head, each byte once however it trickles in.
struct HeadEnd {
    /// How far the bytes were looked at.
    private var searched = 0

    enum Found: Equatable {
        /// The head goes on.
        case incomplete
        /// It ends before this offset.
        case at(Int)
        /// It can't become a canonical head: a line that does not end in CR LF.
        case bareLineFeed
    }

    /// Looks on where the last call stopped; `bytes` begins at the head's first byte each time.
    mutating func search(_ bytes: borrowing Span<UInt8>) -> Found {
        var index = searched
        while index < bytes.count {
            if bytes[index] == .lineFeed {
                guard index > 0, bytes[index - 1] == .carriageReturn else { return .bareLineFeed }
                if index >= 3, bytes[index - 2] == .lineFeed {
                    searched = 0
                    return .at(index + 1)
                }
            }
            index += 1
        }
        searched = index
        return .incomplete
    }
}
