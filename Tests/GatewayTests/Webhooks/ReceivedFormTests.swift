import TestSupport
import Testing

@testable import Gateway

@Suite("A notification's kept form")
struct ReceivedFormTests {
    @Test("gives back what was understood, whatever stands in query, headers and body")
    func understood() {
        let request = ReceivedRequest(
            query: "data.id=1&type=payment", headers: [("x-request-id", "a=b\nc=d")],
            body: [0, 0, 0, 200, 10, 61, 255], receivedAt: ManualClock().now)
        for ids in [[:], ["id": "1"], ["id": "1", "user_id": "42", "ref": "a=b"]] {
            for upstreamID in [nil, "9000000001"] {
                for liveMode in [nil, false, true] {
                    let understood = ReceivedForm.Understood(ids: ids, upstreamID: upstreamID, liveMode: liveMode)
                    #expect(ReceivedForm.understood(ReceivedForm.pack(request, understood)) == understood)
                }
            }
        }
    }

    @Test("gives nothing for bytes of another form")
    func broken() {
        let request = ReceivedRequest(query: "", headers: [], body: [1, 2, 3], receivedAt: ManualClock().now)
        let nothing = ReceivedForm.Understood()
        let packed = ReceivedForm.pack(
            request, ReceivedForm.Understood(ids: ["id": "1"], upstreamID: "2", liveMode: true))
        for count in 0..<packed.count {
            #expect(ReceivedForm.understood(Array(packed.prefix(count))) == nothing)
        }
        #expect(ReceivedForm.understood([255, 255, 255, 255, 1]) == nothing)
        #expect(ReceivedForm.understood(packed + [0, 0, 0, 0]) == nothing)
    }
}
