import Foundation

/// The ways in which the upstream writes a moment.
enum Timestamp {
    /// `2026-11-08T12:05:50Z`.
    static func utc(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle())
    }

    /// `2026-11-08 12:05:42`, without a zone and meant as UTC (reference §2.8).
    static func plain(_ date: Date) -> String {
        String(utc(date).dropLast()).replacingOccurrences(of: "T", with: " ")
    }

    /// `2026-11-08T09:05:42.725-04:00`, the offset of the upstream's own clocks (reference §2.5).
    static func offset(_ date: Date) -> String {
        let shifted = date.addingTimeInterval(-4 * 3600)
        return String(shifted.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)).dropLast())
            + "-04:00"
    }

    /// `MMddHH` in UTC, the middle of an access token (reference §1.5).
    static func monthDayHour(_ date: Date) -> String {
        let digits = utc(date).filter(\.isNumber)
        return String(digits.dropFirst(4).prefix(6))
    }

    /// Reads `2026-11-08`, or the date part of a longer moment, as midnight UTC.
    static func day(_ text: String) -> Date? {
        try? Date.ISO8601FormatStyle().parse(text.prefix(10) + "T00:00:00Z")
    }
}
