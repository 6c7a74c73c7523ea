import Foundation
import Gateway

/// The header `Retry-After`, seconds or an HTTP date (RFC 9110 §10.2.3).
enum RetryAfter {
    /// The wait from `moment` on; `nil` for anything else, zero for a date that has passed.
    static func duration(_ text: String, at moment: Timestamp) -> Duration? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int64(text).map { .seconds($0) }
        }
        guard let date = formatter.date(from: text) else { return nil }
        return max(.zero, Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000)) - moment)
    }

    // IMF-fixdate, the one form that senders may write.
    private static var formatter: DateFormatter {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter
    }
}
