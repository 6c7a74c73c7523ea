import Testing

@testable import Gateway

@Suite("A secret")
struct SecretTests {
    @Test("shows nothing, however it is printed")
    func silence() {
        let marker = "APP_USR-marker-0001"
        let secret = Secret(marker)
        struct Holder { let token: Secret<String> }
        var dumped = ""
        dump(secret, to: &dumped)
        dump(Holder(token: secret), to: &dumped)
        let shown = [
            "\(secret)", String(reflecting: secret), String(describing: secret), dumped,
            "\(Holder(token: secret))", String(reflecting: [secret]), String(describing: Optional(secret)),
        ]
        for text in shown { #expect(!text.contains("marker")) }
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test("is lent to a closure")
    func reveal() {
        #expect(Secret("abc").reveal { $0.count } == 3)
    }
}
