import Synchronization

/// Where both lanes leave what became of a call: never on the way of the call itself, bounded, drops counted.
public final class CallLog: Sendable {
    /// Most calls that wait to be written; what comes beyond it is dropped and counted (DESIGN §7).
    public static let limit = 50_000

    private let limit: Int
    private let waiting = Mutex<(calls: [CallRecord], dropped: Int)>(([], 0))

    /// Starts empty.
    public init(limit: Int = CallLog.limit) {
        self.limit = limit
    }

    /// Takes a call in, unless too many wait.
    public func note(_ call: CallRecord) {
        waiting.withLock { waiting in
            guard waiting.calls.count < limit else {
                waiting.dropped += 1
                return
            }
            waiting.calls.append(call)
        }
    }

    /// Hands over what waits, and how many were dropped since the last time.
    func take() -> (calls: [CallRecord], dropped: Int) {
        waiting.withLock { waiting in
            let taken = waiting
            waiting = ([], 0)
            return taken
        }
    }
}
