import Testing

@testable import Gateway

@Suite("An identifier")
struct IdentifierTests {
    @Test("survives text and bytes")
    func roundTrip() throws {
        let ids = IdentifierSource(clock: .system, random: .system)
        for _ in 0..<200 {
            let id: SellerID = ids.next()
            #expect(SellerID(id.description) == id)
            #expect(ULID(bytes: id.ulid.bytes) == id.ulid)
            #expect(id.description.utf8.count == 30)
        }
    }

    @Test("reads the ULID specification's example")
    func specification() throws {
        let ulid = try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
        #expect(ulid.description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    }

    @Test(
        "refuses what is none",
        arguments: [
            "", "sel_", "con_01ARZ3NDEKTSV4RRFFQ69G5FAV", "sel_01ARZ3NDEKTSV4RRFFQ69G5FA",
            "sel_81ARZ3NDEKTSV4RRFFQ69G5FAV", "sel_01arz3ndektsv4rrffq69g5fav", "sel_01ARZ3NDEKTSV4RRFFQ69G5FAI",
        ])
    func refused(text: String) {
        #expect(SellerID(text) == nil)
    }

    @Test("sorts by time of making")
    func order() {
        let early = ULID(at: Timestamp(milliseconds: 1), random: .system)
        let late = ULID(at: Timestamp(milliseconds: 2), random: .system)
        #expect(early < late)
        #expect(early.description < late.description)
    }
}

@Suite("A seller's reference")
struct SellerReferenceTests {
    @Test("is an id or the integrator's own ref")
    func forms() throws {
        let ref = try #require(ExternalRef("shop-7@x.y~z:1"))
        #expect(SellerReference("ref:shop-7@x.y~z:1") == .external(ref))
        #expect(SellerReference("sel_01ARZ3NDEKTSV4RRFFQ69G5FAV") != nil)
    }

    @Test(
        "refuses other text",
        arguments: ["", "ref:", "ref:a b", "ref:a/b", "ref:á", "shop", "ref:" + String(repeating: "a", count: 65)])
    func refused(text: String) {
        #expect(SellerReference(text) == nil)
    }
}
