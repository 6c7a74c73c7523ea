import ServiceLifecycle
import Synchronization

/// Requests that a fault holds until somebody says how they go on.
final class HeldRequests: Sendable {
    /// How a request goes on.
    enum Release: Sendable {
        /// As if nothing had happened.
        case goOn
        /// Its connection is closed.
        case cut
    }

    private let waiting = Mutex<[(userID: Int64?, release: AsyncStream<Release>.Continuation)]>([])

    /// How many of an account, or of all, wait just now.
    func count(of userID: Int64?) -> Int {
        waiting.withLock { $0.count { userID == nil || $0.userID == userID } }
    }

    /// Waits to be released; a sandbox that shuts down cuts what it holds.
    func wait(of userID: Int64?) async -> Release {
        let (releases, release) = AsyncStream.makeStream(of: Release.self)
        waiting.withLock { $0.append((userID, release)) }
        return await withGracefulShutdownHandler {
            for await release in releases { return release }
            return .cut
        } onGracefulShutdown: {
            release.finish()
        }
    }

    /// Releases those of an account, or all, and gives their number.
    func release(_ userID: Int64?, _ release: Release) -> Int {
        let released = waiting.withLock { waiting in
            let chosen = waiting.filter { userID == nil || $0.userID == userID }
            waiting.removeAll { userID == nil || $0.userID == userID }
            return chosen
        }
        for one in released { one.release.yield(release) }
        return released.count
    }
}
