import TestSupport
import Testing

@testable import Gateway

@Suite("An event's body")
struct EventBodyTests {
    private let make = Fixtures()

    private func body(seller: Seller?, topic: String? = nil, data: [String: String] = [:]) -> EventBody {
        EventBody(
            id: EventID(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV")!), type: "payment.updated", createdAt: make.clock.now,
            seller: seller, liveMode: true, topic: topic, action: topic.map { "\($0).updated" },
            notificationID: topic == nil ? nil : "123", proof: topic == nil ? .gateway : .signature, data: data)
    }

    @Test("has its members in a fixed order, so that every attempt signs the same bytes")
    func bytes() throws {
        let seller = Seller(
            id: SellerID(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAW")!), externalRef: ExternalRef("shop-7"), name: "Kiosco",
            state: .active, createdAt: make.clock.now)
        let event = body(seller: seller, topic: "payment", data: ["url": "https://e/x", "id": "1 \"ñ\""])
        let text = String(decoding: event.bytes(sequence: 7), as: UTF8.self)
        #expect(
            text == #"{"created_at":"2026-01-01T00:00:00.000Z","data":{"id":"1 \"ñ\"","url":"https://e/x"},"#
                + #""id":"evt_01ARZ3NDEKTSV4RRFFQ69G5FAV","live_mode":true,"#
                + #""seller":{"external_ref":"shop-7","id":"sel_01ARZ3NDEKTSV4RRFFQ69G5FAW"},"sequence":7,"#
                + #""type":"payment.updated","upstream":{"action":"payment.updated","notification_id":"123","#
                + #""proof":"signature","topic":"payment"}}"#)
        #expect(event.bytes(sequence: 7) == event.bytes(sequence: 7))
    }

    @Test("leaves out what there is none of")
    func absent() {
        let text = String(decoding: body(seller: nil).bytes(sequence: 1), as: UTF8.self)
        #expect(!text.contains("\"seller\""))
        #expect(!text.contains("null"))
        #expect(text.contains(#""upstream":{"proof":"gateway"}"#))
        let nameless = make.seller()
        let unnamed = String(decoding: body(seller: nameless).bytes(sequence: 1), as: UTF8.self)
        #expect(!unnamed.contains("external_ref"))
        #expect(!unnamed.contains(nameless.name))
    }

    @Test("takes in what the provider said, byte by byte")
    func expanded() throws {
        let plain = body(seller: nil, topic: "payment", data: ["id": "1", "payment_id": "forged"]).bytes(sequence: 7)
        let resource = Array(#"{ "amount": 1500.10, "nested": {"ñ": [1,2]} }"#.utf8)
        let answer = Evidence.Resource(
            ids: ["id": "1"], parts: [("resource", resource), ("payment", Array("{}".utf8))])
        let expanded = try #require(EventBody.expanded(plain, by: answer))
        #expect(
            String(decoding: expanded, as: UTF8.self)
                == #"{"created_at":"2026-01-01T00:00:00.000Z","id":"evt_01ARZ3NDEKTSV4RRFFQ69G5FAV","live_mode":true,"#
                + #""sequence":7,"type":"payment.updated","upstream":{"action":"payment.updated","#
                + #""notification_id":"123","proof":"fetched","topic":"payment"},"data":{"id":"1","resource":"#
                + #"{ "amount": 1500.10, "nested": {"ñ": [1,2]} },"payment":{}}}"#)
        let bare = EventBody.expanded(plain, by: Evidence.Resource(ids: [:], parts: [("resource", resource)]))
        #expect(bare.map { String(decoding: $0, as: UTF8.self).contains(#""data":{"resource":"#) } == true)
        for hostile in ["[1]", "{", "", #"{"a":1}}"#] {
            let parts = Evidence.Resource(ids: [:], parts: [("resource", Array(hostile.utf8))])
            #expect(EventBody.expanded(plain, by: parts) == nil)
        }
    }
}
