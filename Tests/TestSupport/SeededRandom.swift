public import Gateway
import Synchronization

/// Chance that is the same in every run (SplitMix64).
public final class SeededRandom: Sendable {
    private let state: Mutex<UInt64>

    /// Takes where the sequence starts.
    public init(seed: UInt64 = 1) {
        state = Mutex(seed)
    }

    /// This sequence in the form that the product takes.
    public var source: RandomSource {
        RandomSource { self.next() }
    }

    /// The next 64 bits.
    public func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
