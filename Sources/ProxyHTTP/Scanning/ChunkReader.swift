/// Finds the data in a chunked body (RFC 9112 §7.1), strictly: extensions and trailers are read over, never handed on.
struct ChunkReader {
    /// Longest size line in bytes, its extension included.
    static let longestLine = 256
    /// Longest trailer section in bytes.
    static let longestTrailer = 8 << 10

    /// What comes next in the bytes.
    enum Step: Equatable {
        /// Data of a chunk in this range of the bytes; go on behind it.
        case data(Range<Int>)
        /// So many bytes were read over, and more are needed.
        case more(consumed: Int)
        /// The body ends before this offset.
        case end(Int)
        /// It is not understood with certainty.
        case broken
    }

    private enum State {
        case size
        case data(left: Int)
        case dataEnd
        case trailer
    }

    private var state = State.size
    private var trailerBytes = 0

    /// Looks for the next data from `start` on.
    ///
    /// Bytes before what it returns are done with; a line that is not whole yet has to be given again with its rest.
    mutating func next(_ bytes: borrowing Span<UInt8>, from start: Int) -> Step {
        var index = start
        while true {
            switch state {
            case .size:
                guard let end = Self.line(bytes, index) else {
                    return bytes.count - index > Self.longestLine ? .broken : .more(consumed: index)
                }
                guard (2...Self.longestLine).contains(end - index), let size = Self.size(bytes, index..<end - 2) else {
                    return .broken
                }
                index = end
                state = size == 0 ? .trailer : .data(left: size)
            case .data(let left):
                guard index < bytes.count else { return .more(consumed: index) }
                let taken = min(left, bytes.count - index)
                state = taken == left ? .dataEnd : .data(left: left - taken)
                return .data(index..<index + taken)
            case .dataEnd:
                guard bytes.count - index >= 2 else { return .more(consumed: index) }
                guard bytes[index] == .carriageReturn, bytes[index + 1] == .lineFeed else { return .broken }
                index += 2
                state = .size
            case .trailer:
                guard let end = Self.line(bytes, index) else {
                    return trailerBytes + bytes.count - index > Self.longestTrailer ? .broken : .more(consumed: index)
                }
                guard end - index >= 2 else { return .broken }
                trailerBytes += end - index
                guard trailerBytes <= Self.longestTrailer, Self.isTrailer(bytes, index..<end - 2) else {
                    return .broken
                }
                let isLast = end - index == 2
                index = end
                if isLast { return .end(index) }
            }
        }
    }

    /// The end of the line that begins at `start`, its CR LF included; `nil` while it is not there, `start` for a line
    /// that ends in a bare LF.
    private static func line(_ bytes: borrowing Span<UInt8>, _ start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] == .lineFeed {
                return index > start && bytes[index - 1] == .carriageReturn ? index + 1 : start
            }
            index += 1
        }
        return nil
    }

    /// The size that a line without its CR LF begins with: 1 to 8 hexadecimal digits, then nothing or an extension.
    private static func size(_ bytes: borrowing Span<UInt8>, _ line: Range<Int>) -> Int? {
        var size = 0
        var index = line.lowerBound
        while index < line.upperBound, let digit = hexadecimal(bytes[index]) {
            guard index - line.lowerBound < 8 else { return nil }
            size = size << 4 | digit
            index += 1
        }
        return index > line.lowerBound && isExtension(bytes, index..<line.upperBound) ? size : nil
    }

    /// Whether a line goes on with nothing, or with `;name` and `;name=value`, both tokens.
    private static func isExtension(_ bytes: borrowing Span<UInt8>, _ rest: Range<Int>) -> Bool {
        var index = rest.lowerBound
        while index < rest.upperBound {
            guard bytes[index] == UInt8(ascii: ";") else { return false }
            let name = token(bytes, index + 1..<rest.upperBound)
            guard name > index + 1 else { return false }
            index = name
            guard index < rest.upperBound, bytes[index] == UInt8(ascii: "=") else { continue }
            let value = token(bytes, index + 1..<rest.upperBound)
            guard value > index + 1 else { return false }
            index = value
        }
        return true
    }

    /// Where the token that begins a range ends.
    private static func token(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound, ByteClass.token.contains(byte: bytes[index]) { index += 1 }
        return index
    }

    /// Whether a line of the trailer section is empty, or a field as in a head.
    private static func isTrailer(_ bytes: borrowing Span<UInt8>, _ line: Range<Int>) -> Bool {
        guard !line.isEmpty else { return true }
        let name = token(bytes, line)
        guard name > line.lowerBound, name < line.upperBound, bytes[name] == .colon else { return false }
        for index in name..<line.upperBound where bytes[index] < 0x20 && bytes[index] != 0x09 || bytes[index] == 0x7F {
            return false
        }
        return true
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x37
        case 0x61...0x66: Int(byte) - 0x57
        default: nil
        }
    }
}
