import Foundation
import NIOCore
import NIOPosix

/// Finds all addresses of a name, so that every one of them can be checked before any is called.
struct NameResolver: Sendable {
    /// Asks the system's resolver on a thread of its own, because it blocks.
    private static let system: @Sendable (String, Int) throws -> [SocketAddress] = { host, port in
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_protocol = Int32(IPPROTO_TCP)
        hints.ai_flags = AI_ADDRCONFIG
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &first) == 0 else { throw UnresolvableName() }
        defer { freeaddrinfo(first) }
        var addresses: [SocketAddress] = []
        var next = first
        while let entry = next?.pointee {
            if let raw = entry.ai_addr, let address = Self.address(raw, family: entry.ai_family) {
                addresses.append(address)
            }
            next = entry.ai_next
        }
        return addresses
    }
    private let look: @Sendable (String, Int) throws -> [SocketAddress]

    /// Looks up by the system, or as a test says.
    init(_ look: (@Sendable (String, Int) throws -> [SocketAddress])? = nil) {
        self.look = look ?? Self.system
    }

    /// The addresses of a name, none where it has none.
    func addresses(of host: String, port: Int) async throws -> [SocketAddress] {
        let look = look
        return try await NIOThreadPool.singleton.runIfActive { try look(host, port) }
    }

    private static func address(_ raw: UnsafeMutablePointer<sockaddr>, family: Int32) -> SocketAddress? {
        switch family {
        case AF_INET: raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress($0.pointee) }
        case AF_INET6: raw.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee) }
        default: nil
        }
    }
}

/// The resolver knows no address for a name, or does not answer.
struct UnresolvableName: Error {}
