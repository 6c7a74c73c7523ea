import TestSupport
import Testing

@testable import Gateway

@Suite("A notification's kept form")
struct ReceivedFormTests {
    @Test("gives the ids back, whatever stands in query, headers and body")
    func ids() {
        let request = ReceivedRequest(
            query: "data.id=1&type=payment", headers: [("x-request-id", "a=b\nc=d")],
            body: [0, 0, 0, 200, 10, 61, 255], receivedAt: ManualClock().now)
        for ids in [[:], ["id": "1"], ["id": "1", "user_id": "42", "ref": "a=b"]] {
            #expect(ReceivedForm.ids(ReceivedForm.pack(request, ids: ids)) == ids)
        }
    }

    @Test("gives no ids for bytes of another form")
    func broken() {
        let request = ReceivedRequest(query: "", headers: [], body: [1, 2, 3], receivedAt: ManualClock().now)
        let packed = ReceivedForm.pack(request, ids: ["id": "1"])
        for count in 0..<packed.count { #expect(ReceivedForm.ids(Array(packed.prefix(count))).isEmpty) }
        #expect(ReceivedForm.ids([255, 255, 255, 255, 1]).isEmpty)
        #expect(ReceivedForm.ids(packed + [0, 0, 0, 0]).isEmpty)
    }
}
