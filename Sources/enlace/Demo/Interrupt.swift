import UnixSignals

/// Ctrl-C and its like.
enum Interrupt {
    /// Returns when SIGINT or SIGTERM comes.
    static func wait() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
    }
}
