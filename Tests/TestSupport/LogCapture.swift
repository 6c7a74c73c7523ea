import Gateway
public import Logging
import Synchronization

/// Collects what is logged, so that a test can look for what must be there and what must not.
public final class LogCapture: Sendable {
    /// One line as a handler got it.
    public struct Line: Sendable, CustomStringConvertible {
        /// How grave it is.
        public let level: Logger.Level
        /// The constant text.
        public let message: String
        /// The values by their keys.
        public let metadata: [String: String]

        /// Text and values in one line, keys sorted.
        public var description: String {
            ([message] + metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        }
    }

    private let kept = Mutex<[Line]>([])

    /// Starts empty.
    public init() {}

    /// What was logged so far, oldest first.
    public var lines: [Line] { kept.withLock { $0 } }

    /// All lines as one text, to search for a marker.
    public var text: String { lines.map(\.description).joined(separator: "\n") }

    /// A logger that writes here, from trace upwards.
    public func logger(label: String = "test") -> Logger {
        Logger(label: label) { _ in Handler(capture: self) }
    }

    private func add(_ line: Line) {
        kept.withLock { $0.append(line) }
    }

    private struct Handler: LogHandler {
        let capture: LogCapture
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            // As the product's own handler does.
            let all = RequestMark.provider.get().merging(metadata) { $1 }.merging(event.metadata ?? [:]) { $1 }
            capture.add(
                Line(level: event.level, message: event.message.description, metadata: all.mapValues { "\($0)" }))
        }
    }
}
