/// Where a header field's name and value stand in the bytes that were scanned.
struct HeaderField: Equatable {
    let name: Range<Int>
    let value: Range<Int>
}
