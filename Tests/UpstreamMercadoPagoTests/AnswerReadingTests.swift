import Gateway
import Testing

@testable import UpstreamMercadoPago

@Suite("An answer of the token endpoint")
struct AnswerReadingTests {
    private func answer(_ status: Int, _ body: String, retryAfter: String? = nil) -> Answer {
        Answer(status: status, retryAfter: retryAfter, body: Array(body.utf8))
    }

    @Test(
        "is a refusal only in the provider's own words",
        arguments: [
            (
                400, #"{"error":"invalid_grant","status":400}"#,
                UpstreamError.refused(code: "invalid_grant", status: 400)
            ),
            (401, #"{"error":"unauthorized_client"}"#, .refused(code: "unauthorized_client", status: 401)),
            (429, "local_rate_limited", .limited(retryAfter: .seconds(7))),
            (400, "<html>", .unanswered(status: 400)), (403, #"{"error":"A sentence."}"#, .unanswered(status: 403)),
            (500, #"{"error":"internal_server_error"}"#, .unanswered(status: 500)),
            (302, "", .unanswered(status: 302)), (200, "{}", .unanswered(status: 200)),
        ])
    func refusals(status: Int, body: String, error: UpstreamError) {
        #expect(throws: error) { try AnswerReading.grant(answer(status, body, retryAfter: "7")) }
    }

    @Test("gives a pair whose life is believed within bounds only")
    func life() throws {
        for (told, believed) in [
            ("15552000", 15_552_000), ("\"1\"", 60), ("99999999999", 34_560_000), ("null", 21_600),
        ] {
            let body =
                #"{"access_token":"a","refresh_token":"r","scope":"read write","user_id":7,"expires_in":\#(told)}"#
            let grant = try AnswerReading.grant(answer(200, body))
            #expect(grant.lifetime == .seconds(believed))
            #expect(grant.scopes == ["read", "write"])
            #expect(grant.user == UpstreamUserID(rawValue: 7))
        }
    }

    @Test(
        "to another call tells a wrong token from wrong credentials",
        arguments: [
            (401, #"{"message":"invalid_token"}"#, UpstreamError.unauthorized),
            (
                401, #"{"message":"Unauthorized use of live credentials"}"#,
                .refused(code: "live_credentials", status: 401)
            ),
            (404, #"{"error":"not_found"}"#, .refused(code: "not_found", status: 404)),
            (409, "text", .refused(code: "status_409", status: 409)), (503, "", .unanswered(status: 503)),
        ])
    func calls(status: Int, body: String, error: UpstreamError) {
        #expect(AnswerReading.callError(answer(status, body)) == error)
    }
}
