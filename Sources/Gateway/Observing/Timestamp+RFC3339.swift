extension Timestamp: CustomStringConvertible {
    /// The moment as RFC 3339 in UTC with milliseconds, `2026-11-24T02:07:32.000Z`.
    public var description: String {
        let (days, millisecondOfDay) = milliseconds.quotientAndFloorRemainder(by: 86_400_000)
        let (year, month, day) = Self.civil(fromDays: days)
        let second = millisecondOfDay / 1000
        return
            "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
            + "\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
            + ".\(Self.padded(millisecondOfDay % 1000, 3))Z"
    }

    /// Reads RFC 3339 in UTC (`Z`) with zero to three decimals of a second; anything else gives `nil`.
    public init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"),
            let year = Self.number(bytes[0..<4]), bytes[4] == UInt8(ascii: "-"),
            let month = Self.number(bytes[5..<7]), (1...12).contains(month), bytes[7] == UInt8(ascii: "-"),
            let day = Self.number(bytes[8..<10]), (1...31).contains(day), bytes[10] == UInt8(ascii: "T"),
            let hour = Self.number(bytes[11..<13]), hour < 24, bytes[13] == UInt8(ascii: ":"),
            let minute = Self.number(bytes[14..<16]), minute < 60, bytes[16] == UInt8(ascii: ":"),
            let second = Self.number(bytes[17..<19]), second < 61
        else { return nil }
        var thousandths: Int64 = 0
        if bytes[19] == UInt8(ascii: ".") {
            let digits = bytes[20..<(bytes.count - 1)]
            guard (1...3).contains(digits.count), let value = Self.number(digits) else { return nil }
            thousandths = value * [100, 10, 1][digits.count - 1]
        } else if bytes.count != 20 {
            return nil
        }
        let days = Self.days(year: year, month: month, day: day)
        self.init(
            milliseconds: ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + thousandths)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    // Days and civil dates by the era arithmetic of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.quotientAndFloorRemainder(by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).quotientAndFloorRemainder(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Int64 {
    fileprivate func quotientAndFloorRemainder(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = (self % divisor + divisor) % divisor
        return ((self - remainder) / divisor, remainder)
    }
}
