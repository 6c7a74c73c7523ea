import Foundation
import Gateway
public import Logging

/// Writes one line an entry to standard error, as text or JSON; control characters are escaped (SEC C6.4).
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    let label: String
    let format: LogSettings.Format

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = (metadataProvider?.get() ?? [:]).merging(metadata) { $1 }.merging(event.metadata ?? [:]) { $1 }
            .mapValues(\.description)
        let line =
            switch format {
            case .text: text(event, all)
            case .json: json(event, all)
            }
        // One write a line, so that lines of several threads don't mix. A log that can't be written, as on a full disk,
        // must not end the gateway.
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }

    private func text(_ event: LogEvent, _ metadata: [String: String]) -> String {
        let pairs = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.escaped($0.value))" }
        let parts = [Self.now(), event.level.rawValue, Self.escaped(event.message.description)] + pairs
        return parts.joined(separator: " ")
    }

    private func json(_ event: LogEvent, _ metadata: [String: String]) -> String {
        var entry = metadata
        entry["time"] = Self.now()
        entry["level"] = event.level.rawValue
        entry["message"] = event.message.description
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(entry)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private static func now() -> String {
        Date().formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F || (0x80..<0xA0).contains(scalar.value)
                ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }
}

/// Makes the process's logger and hands it to every library that logs.
public func makeLogger(_ settings: GatewaySettings) -> Logger {
    let level = settings.log.level
    let format = settings.log.format
    LoggingSystem.bootstrap(
        { label, provider in
            LineLogHandler(logLevel: level, metadataProvider: provider, label: label, format: format)
        }, metadataProvider: RequestMark.provider)
    return Logger(label: "enlace")
}
