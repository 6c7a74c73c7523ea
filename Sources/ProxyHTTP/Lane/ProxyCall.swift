import Gateway

/// Reads a canonical head as a call of the proxy.
enum ProxyCall {
    /// What the policy decides about, and at which of the proxy's addresses it came; `nil` for anything else.
    static func read(
        _ head: RequestHead, _ bytes: borrowing Span<UInt8>
    ) -> (address: ProxyAddress, request: ProxyRequest)? {
        let target = head.target
        if starts(bytes, target, with: "/proxy/") {
            return (.ofKey, request(head, bytes, seller: nil, from: target.lowerBound + 6))
        }
        let prefix: StaticString = "/v1/sellers/"
        guard starts(bytes, target, with: prefix) else { return nil }
        let first = target.lowerBound + prefix.utf8CodeUnitCount
        var slash = first
        while slash < target.upperBound, bytes[slash] != UInt8(ascii: "/"), bytes[slash] != UInt8(ascii: "?") {
            slash += 1
        }
        guard starts(bytes, slash..<target.upperBound, with: "/proxy/") else { return nil }
        return (.ofSeller, request(head, bytes, seller: bytes.text(first..<slash), from: slash + 6))
    }

    private static func starts(
        _ bytes: borrowing Span<UInt8>, _ range: Range<Int>, with text: StaticString
    ) -> Bool {
        let count = text.utf8CodeUnitCount
        return range.count >= count && bytes.isExactly(range.lowerBound..<range.lowerBound + count, text)
    }

    private static func request(
        _ head: RequestHead, _ bytes: borrowing Span<UInt8>, seller: String?, from start: Int
    ) -> ProxyRequest {
        var headers: [(name: String, value: String)] = []
        headers.reserveCapacity(head.fields.count)
        for field in head.fields {
            headers.append((name: bytes.lowercasedText(field.name), value: bytes.text(field.value)))
        }
        return ProxyRequest(
            method: bytes.text(head.method), target: bytes.text(start..<head.target.upperBound), seller: seller,
            headers: headers)
    }
}
