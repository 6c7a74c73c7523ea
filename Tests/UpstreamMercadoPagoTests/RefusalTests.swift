import Testing

@testable import UpstreamMercadoPago

@Suite("A 401 of an API call")
struct RefusalTests {
    @Test(
        "is the token's in the provider's own words only",
        arguments: [
            (#"{"message":"invalid_token","error":"not_found","status":401,"cause":[]}"#, true),
            (#"{"message":"Invalid access token","status":401}"#, true),
            (#"{"message":"The access token has expired","error":"unauthorized"}"#, true),
            (#"{"error":"expired_token"}"#, true),
            (#"{"message":"Unauthorized use of live credentials","error":"unauthorized","status":401}"#, false),
            (#"{"message":"Unauthorized use of live credentials: invalid token"}"#, false),
            (#"{"message":"unauthorized","error":"unauthorized"}"#, false), ("{}", false), ("", false),
            ("invalid_token", false), (#"["invalid_token"]"#, false),
        ])
    func words(body: String, isToken: Bool) {
        #expect(MercadoPagoRefusals.isTokenRefused(status: 401, body: Array(body.utf8)) == isToken)
        #expect(!MercadoPagoRefusals.isTokenRefused(status: 403, body: Array(body.utf8)))
    }
}
