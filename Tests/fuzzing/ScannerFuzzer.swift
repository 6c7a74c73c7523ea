// What libFuzzer calls with bytes that it makes from those that reached new code: built and run by fuzz.sh, together with
// the scanners and nothing else, under AddressSanitizer. Beside crashes it finds what the scanners promise and do not
// keep.

/// Looks at the bytes as a request's head, an answer's head and a chunked body.
@_cdecl("LLVMFuzzerTestOneInput")
public func scanners(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // A copy of exactly that size, so that reading a byte beyond it is seen.
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    heads(bytes)
    chunks(bytes)
    return 0
}

private func heads(_ bytes: [UInt8]) {
    var whole = HeadEnd()
    let found = whole.search(bytes.span)
    var trickling = HeadEnd()
    var last = HeadEnd.Found.incomplete
    var known = 0
    while last == .incomplete, known < bytes.count {
        known = min(bytes.count, known + 1 + known % 7)
        let part = Array(bytes[..<known])
        last = trickling.search(part.span)
    }
    precondition(last == found || bytes.isEmpty, "the end of a head depends on how it came")
    guard case .at(let end) = found else { return }
    var request = RequestHead()
    if request.scan(bytes.span, end: end) {
        // One spelling of everything: written again, it is what came.
        var again = Array(bytes[request.method]) + [UInt8(ascii: " ")] + bytes[request.target]
        again += Array(" HTTP/1.1\r\n".utf8)
        for field in request.fields { again += bytes[field.name] + Array(": ".utf8) + bytes[field.value] + [13, 10] }
        again += [13, 10]
        precondition(again == Array(bytes[..<end]), "a canonical head has another spelling")
        precondition(request.bodyLength <= RequestHead.longestBody && request.length == end)
    }
    for isHead in [false, true] {
        var answer = AnswerHead()
        guard answer.scan(bytes.span, end: end, isHeadRequest: isHead) else { continue }
        precondition((100...999).contains(answer.status) && answer.length == end)
        precondition(answer.framing != .close || !answer.keepsAlive, "a connection that ends is used again")
        precondition(
            answer.fields.allSatisfy { $0.name.upperBound < $0.value.lowerBound + 1 && $0.value.upperBound < end })
    }
}

private func chunks(_ bytes: [UInt8]) {
    let whole = data(bytes, parts: bytes.count)
    for parts in [1, 3] {
        let inParts = data(bytes, parts: parts)
        precondition(inParts.data == whole.data && inParts.end == whole.end, "a body depends on how it came")
    }
}

/// The data of a chunked body that comes in parts of that size, and where it ends: -1 where it does not, -2 where it is
/// none.
private func data(_ bytes: [UInt8], parts: Int) -> (data: [UInt8], end: Int) {
    var reader = ChunkReader()
    var data: [UInt8] = []
    // What was read over is not given again.
    var gone = 0
    var known = 0
    while known < bytes.count {
        known = min(bytes.count, known + max(parts, 1))
        let held = Array(bytes[gone..<known])
        var index = 0
        reading: while true {
            switch reader.next(held.span, from: index) {
            case .data(let range):
                data += held[range]
                index = range.upperBound
            case .more(let consumed):
                gone += consumed
                break reading
            case .end(let end): return (data, gone + end)
            case .broken: return (data, -2)
            }
        }
    }
    return (data, -1)
}
