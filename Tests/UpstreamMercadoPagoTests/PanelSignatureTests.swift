import Gateway
import Testing

@testable import UpstreamMercadoPago

@Suite("The panel's signature")
struct PanelSignatureTests {
    static let request = "6f1c2b7e-0a11-4c55-9d3a-0a6f5b8f7a10"
    static let secret = Secret("whsec-sim-0001")

    @Test(
        "is valid for each vector of the provider's rule",
        arguments: [
            ("123456789", request, "1760000000", "e6ec54fb074795428ee0b76dab834381710b14333203c03617efe8b8745553a9"),
            (
                "ORD01JX0000000000000000000001", request, "1760000000",
                "209ab712da4a1463e660ab4bd9e79a110450f011f3f8b16cc7222cc3ae9eb5e1"
            ),
            (
                "ORD01JX0000000000000000000001", request, "1760000000",
                "18e5d24b2c17a2b3061993c14e8a905aaa7fccba826770f429c22d4a83ad1d4a"
            ),
            (nil, request, "1760000000", "5c5bb5d4a650c41edca3efc55bffb5e32d2f72ff19a3cb1af7da64afe6e66774"),
            ("123456789", nil, "1760000000123", "e2ac3e3b279444a7186519908b9b2d66193755ce53dd4a6063595e689425a602"),
        ] as [(String?, String?, String, String)])
    func vectors(id: String?, request: String?, timestamp: String, code: String) throws {
        let signature = try #require(PanelSignature(" TS = \(timestamp) , v9=zz, v1=\(code)"))
        #expect(signature.isValid(id: id, request: request, secrets: [Secret("another-secret"), Self.secret]))
        #expect(!signature.isValid(id: id, request: request, secrets: [Secret("another-secret")]))
        #expect(!signature.isValid(id: "987654321", request: request, secrets: [Self.secret]))
        #expect(!signature.isValid(id: id, request: request, secrets: []))
    }

    @Test(
        "is not read from a header of another form",
        arguments: [
            "", "ts=1", "v1=\(String(repeating: "a", count: 64))", "ts=x,v1=\(String(repeating: "a", count: 64))",
            "ts=1,v1=abc",
        ])
    func malformed(header: String) {
        #expect(PanelSignature(header) == nil)
    }
}
