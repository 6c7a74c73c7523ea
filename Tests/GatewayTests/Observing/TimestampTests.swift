import Foundation
import Testing

@testable import Gateway

@Suite("A timestamp")
struct TimestampTests {
    @Test(
        "is written as RFC 3339 and read back",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_614_265_330_001, "2021-02-25T15:02:10.001Z"), (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ])
    func text(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(rfc3339: text) == Timestamp(milliseconds: milliseconds))
    }

    @Test("agrees with Foundation over two centuries")
    func againstFoundation() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for step in 0..<2000 {
            let milliseconds = Int64(step) * 3_155_693_111 - 1_000_000_000_000
            let date = Date(timeIntervalSince1970: (Double(milliseconds) + 0.5) / 1000)
            #expect(Timestamp(milliseconds: milliseconds).description == style.format(date))
        }
    }

    @Test(
        "refuses other forms",
        arguments: ["", "2021-02-25", "2021-13-25T15:02:10Z", "2021-02-25T15:02:10+01:00", "2021-02-25 15:02:10Z"])
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}
