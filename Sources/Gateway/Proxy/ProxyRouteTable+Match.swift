extension ProxyRouteTable {
    /// The route that lets `method` and `path` through, or `nil`; `HEAD` goes where `GET` does (RFC 9110 §9.3.2).
    func route(_ method: String, _ path: String, ownUser: UpstreamUserID) -> ProxyRoute? {
        let method = method == "HEAD" ? "GET" : method
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return routes.first { route in
            route.method == method && route.segments.count == parts.count
                && zip(route.segments, parts).allSatisfy { $0.accepts($1, ownUser: ownUser) }
        }
    }

    /// Why a path is refused, naming the gateway's own route where there is one.
    func refusal(_ method: String, _ path: String) -> Problem {
        guard let own = ownedPaths[path] else {
            return Problem(
                .routeNotAllowed,
                "The proxy does not let \(method) on this path through. Its list of routes is in the documentation.")
        }
        return Problem(
            .routeNotAllowed, "The gateway does this itself. Use \(own).", extra: ["use": own])
    }
}

extension ProxyRoute.Segment {
    func accepts(_ part: Substring, ownUser: UpstreamUserID) -> Bool {
        let bytes = part.utf8
        return switch self {
        case .literal(let text): part == text
        case .number: (1...20).contains(bytes.count) && bytes.allSatisfy { (0x30...0x39).contains($0) }
        case .uuid:
            bytes.count == 36
                && zip(0..., bytes).allSatisfy { index, byte in
                    [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : Self.isHex(byte)
                }
        case .name:
            (1...64).contains(bytes.count)
                && bytes.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                        || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                }
        case .ownUser: part == ownUser.description
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
