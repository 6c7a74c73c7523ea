public import Logging

/// The closed set of keys under which values may stand in the log.
public enum LogKey: String, Sendable {
    case application, attempt, code, connection, count, delivery, duration, endpoint, event, generation, host
    case key
    case keyringKey = "keyring_key"
    case kind, link, method, notification, outcome, path, port, reason
    case request = "request_id"
    case route, seller, signal, state, status, terminal, topic
    case upstreamRequest = "upstream_request_id"
    case worker
}

extension Logger {
    /// Logs constant text at `level`; whatever varies stands under a key of ``LogKey``.
    public func note(
        _ message: StaticString, at level: Logger.Level = .info,
        _ details: [LogKey: any CustomStringConvertible & Sendable] = [:]
    ) {
        log(
            level: level, "\(message)",
            metadata: details.reduce(into: [:]) { metadata, detail in
                metadata[detail.key.rawValue] = .string(detail.value.description)
            })
    }
}
