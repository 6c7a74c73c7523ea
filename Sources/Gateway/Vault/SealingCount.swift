import Synchronization

/// How often a data key has sealed in this process, and how many sealings are written down for it ahead.
///
/// Written down is no less than was sealed, so that a process that dies over-counts. Sealing may run ahead only by what
/// is in hand at one moment beyond a tenth of a block, and while the database can't be written to, since an answer has
/// to be kept even then; the next block makes up for it.
final class SealingCount: Sendable {
    private let state = Mutex((used: 0, reserved: 0))

    /// Starts with nothing written down ahead.
    init() {}

    /// Counts one.
    func note() { state.withLock { $0.used += 1 } }

    /// How many more have to be written down before the key seals on; `nil` while a tenth of a block is left.
    func missing(block: Int) -> Int? {
        state.withLock { state in
            let left = state.reserved - state.used
            return left > block / 10 ? nil : block - min(left, 0)
        }
    }

    /// Notes that so many more were written down.
    func reserve(_ count: Int) { state.withLock { $0.reserved += count } }
}
