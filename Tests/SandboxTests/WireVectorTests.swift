import Testing

@testable import Sandbox

@Suite("The wire formats")
struct WireVectorTests {
    static let requestID = "6f1c2b7e-0a11-4c55-9d3a-0a6f5b8f7a10"

    @Test(
        "sign as the reference's vectors",
        arguments: [
            (
                "123456789", requestID, "1760000000",
                "e6ec54fb074795428ee0b76dab834381710b14333203c03617efe8b8745553a9"
            ),
            (
                "ORD01JX0000000000000000000001", requestID, "1760000000",
                "209ab712da4a1463e660ab4bd9e79a110450f011f3f8b16cc7222cc3ae9eb5e1"
            ),
            (
                "ord01jx0000000000000000000001", requestID, "1760000000",
                "18e5d24b2c17a2b3061993c14e8a905aaa7fccba826770f429c22d4a83ad1d4a"
            ),
            (nil, requestID, "1760000000", "5c5bb5d4a650c41edca3efc55bffb5e32d2f72ff19a3cb1af7da64afe6e66774"),
            ("123456789", nil, "1760000000123", "e2ac3e3b279444a7186519908b9b2d66193755ce53dd4a6063595e689425a602"),
        ] as [(String?, String?, String, String)])
    func signature(dataID: String?, requestID: String?, timestamp: String, expected: String) {
        let manifest = Signature.manifest(dataID: dataID, requestID: requestID, timestamp: timestamp)
        #expect(Signature.v1(manifest, secret: "whsec-sim-0001") == expected)
    }

    @Test("answer the challenge as the reference's vector")
    func challenge() {
        let answer = WebhookChallenge.answer(
            to: "c0ffee-challenge-01", token: "0230abf9-0000-4000-8000-32d000000001")
        #expect(answer == "b57f93b91bbb4e97c58743a748f767a2f3272e063807f6b51e5bdd4b26a240c8")
    }

    @Test("derive the PKCE challenge of RFC 7636")
    func pkce() {
        #expect(
            PKCE.challenge(of: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
                == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test("retry by the diagram, eight attempts in all, scaled")
    func retries() {
        let waits = (0...7).map { RetrySchedule.wait(after: $0, scale: 10) }
        #expect(waits == [90, 180, 2160, 17_280, 34_560, 34_560, 34_560, nil])
    }

    @Test("read a form's escapes and pluses, and refuse a broken escape")
    func forms() {
        #expect(FormFields(encoded: "a=1%262&b=x+y&a=3")?["a"] == "1&2")
        #expect(FormFields(encoded: "a=1%262&b=x+y&a=3")?["b"] == "x y")
        #expect(FormFields(encoded: "a=1&a=2")?.hasRepetition == true)
        #expect(FormFields(encoded: "a=%zz") == nil)
        #expect(FormFields.appending([("c", "a b&")], to: "http://x/?q=1") == "http://x/?q=1&c=a%20b%26")
    }
}
