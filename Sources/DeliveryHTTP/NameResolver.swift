import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Finds all addresses of a name, so that every one of them can be checked before any is called.
struct NameResolver: Sendable {
    // The lookup blocks, and nothing ends it early: these threads do nothing else, so that names whose server is silent
    // hold up other lookups at most.
    private static let threads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: 8)
        threads.start()
        return threads
    }()

    /// Asks the system's resolver.
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

    /// The addresses of a name, none where it has none; a caller that is cancelled waits no longer.
    func addresses(of host: String, port: Int) async throws -> [SocketAddress] {
        let look = look
        let lookup = Lookup()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard lookup.begin(continuation) else { return }
                Self.threads.submit { state in
                    guard state == .active else { return lookup.end(.failure(UnresolvableName())) }
                    // Nobody waits any more for what stood in the queue too long.
                    guard lookup.isAwaited else { return }
                    lookup.end(Result { try look(host, port) })
                }
            }
        } onCancel: {
            lookup.end(.failure(CancellationError()))
        }
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

/// One lookup and whoever waits for it, resumed once: by the answer or by a cancellation, whichever comes first.
private final class Lookup: Sendable {
    private enum State {
        case new
        case awaited(CheckedContinuation<[SocketAddress], any Error>)
        case ended
    }

    private let state = Mutex(State.new)

    var isAwaited: Bool {
        state.withLock { state -> Bool in
            guard case .awaited = state else { return false }
            return true
        }
    }

    /// Keeps who waits; `false` when the lookup was cancelled before, and then it is resumed.
    func begin(_ continuation: CheckedContinuation<[SocketAddress], any Error>) -> Bool {
        let isNew = state.withLock { state -> Bool in
            guard case .new = state else { return false }
            state = .awaited(continuation)
            return true
        }
        if !isNew { continuation.resume(throwing: CancellationError()) }
        return isNew
    }

    func end(_ result: Result<[SocketAddress], any Error>) {
        let waiting = state.withLock { state -> CheckedContinuation<[SocketAddress], any Error>? in
            defer { state = .ended }
            guard case .awaited(let continuation) = state else { return nil }
            return continuation
        }
        waiting?.resume(with: result)
    }
}
