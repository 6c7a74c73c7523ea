import Gateway
import Testing

@testable import UpstreamMercadoPago

@Suite("The date of an HTTP answer")
struct HTTPDateTests {
    @Test("is read in the form that is sent")
    func read() {
        #expect(HTTPDate.read("Sun, 06 Nov 1994 08:49:37 GMT") == Timestamp(milliseconds: 784_111_777_000))
        #expect(HTTPDate.read("Tue, 01 Dec 2026 00:00:00 GMT")?.description == "2026-12-01T00:00:00.000Z")
    }

    @Test(
        "is none in another form",
        arguments: [
            "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 +0000",
            "Sun, 06 Nuv 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        ])
    func refused(text: String) {
        #expect(HTTPDate.read(text) == nil)
    }
}
