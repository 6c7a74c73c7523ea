extension ProxyRouteTable {
    /// The route that lets `method` and the path through, or `nil`; `HEAD` goes where `GET` does (RFC 9110 §9.3.2).
    package func route(
        _ method: String, _ target: ProxyTarget, for application: Application, ownUser: UpstreamUserID
    ) -> ProxyRoute? {
        let method = method == "HEAD" ? "GET" : method
        let count = target.segments.count
        if count < bySegments.count,
            let route = Self.first(of: bySegments[count], method, target, ownUser: ownUser)
        {
            return route
        }
        guard !additions.isEmpty, ownedPaths[target.path] == nil else { return nil }
        for owner in [application.clientID, application.id.description] {
            guard let own = additions[owner] else { continue }
            if let route = Self.first(of: own, method, target, ownUser: ownUser) { return route }
        }
        return nil
    }

    private static func first(
        of routes: [ProxyRoute], _ method: String, _ target: ProxyTarget, ownUser: UpstreamUserID
    ) -> ProxyRoute? {
        for index in routes.indices
        where routes[index].method == method && routes[index].accepts(target, ownUser: ownUser) {
            return routes[index]
        }
        return nil
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

extension ProxyRoute {
    /// Whether the pattern fits; `nil` for nobody's account fits no placeholder of one.
    func accepts(_ target: ProxyTarget, ownUser: UpstreamUserID?) -> Bool {
        guard segments.count == target.segments.count else { return false }
        for index in segments.indices
        where !segments[index].accepts(target.bytes[target.segments[index]], ownUser: ownUser) {
            return false
        }
        return true
    }
}

extension ProxyRoute.Segment {
    func accepts(_ bytes: ArraySlice<UInt8>, ownUser: UpstreamUserID?) -> Bool {
        switch self {
        case .literal(let text): bytes == text[...]
        case .number: (1...20).contains(bytes.count) && bytes.allSatisfy { (0x30...0x39).contains($0) }
        case .uuid:
            bytes.count == 36
                && zip(0..., bytes).allSatisfy { index, byte in
                    switch index {
                    case 8, 13, 18, 23: byte == UInt8(ascii: "-")
                    default: Self.isHex(byte)
                    }
                }
        case .name:
            (1...64).contains(bytes.count)
                && bytes.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                        || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                }
        case .ownUser: ownUser.map { bytes.elementsEqual($0.description.utf8) } ?? false
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
