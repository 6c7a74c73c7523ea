import Testing

@testable import Gateway

@Suite("An API key's text")
struct APIKeyTextTests {
    private let ids = IdentifierSource(clock: .system, random: .system)

    @Test("names its key and carries its secret")
    func roundTrip() throws {
        let id: APIKeyID = ids.next()
        let secret = RandomSource.system.bytes(32)
        let text = APIKeyText.write(mode: .live, id: id, secret: secret).reveal { $0 }
        let read = try #require(APIKeyText(text))
        #expect(read.id == id)
        #expect(read.mode == .live)
        #expect(read.secret.reveal { $0 } == secret)
        #expect(text.hasPrefix("enl_live_\(id.ulid)_"))
    }

    @Test("is refused after any single change")
    func changed() {
        let text = APIKeyText.write(mode: .test, id: ids.next(), secret: RandomSource.system.bytes(32)).reveal { $0 }
        for index in text.indices {
            var other = text
            other.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(APIKeyText(other) == nil)
        }
        #expect(APIKeyText("") == nil)
        #expect(APIKeyText(String(text.dropLast())) == nil)
    }
}
