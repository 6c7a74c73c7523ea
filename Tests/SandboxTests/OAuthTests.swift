import Foundation
import Testing

@testable import Sandbox

@Suite("OAuth")
struct OAuthTests {
    @Test("answers a code with a pair in the upstream's formats")
    func exchange() throws {
        var test = try TestWorld()
        let pair = try test.exchange(test.authorizedCode())
        let user = test.seller().id
        let access = try #require(pair["access_token"]?.string)
        #expect(access.hasPrefix("APP_USR-1000000000000001-"))
        #expect(access.hasSuffix("-\(user)"))
        #expect(pair["refresh_token"]?.string?.hasPrefix("TG-") == true)
        #expect(pair["user_id"] == .int(user))
        #expect(pair["expires_in"] == 15_552_000)
        #expect(pair["scope"] == "offline_access read write")
        #expect(pair["live_mode"] == true)
        #expect(try test.world.caller(bearer: access, family: .general).userID == user)
    }

    @Test("takes a code once, for ten minutes")
    func singleUse() throws {
        var test = try TestWorld()
        let code = try test.authorizedCode()
        _ = try test.exchange(code)
        #expect(refusal { _ = try test.exchange(code) } == "400 invalid_grant")
        let late = try test.authorizedCode()
        test.world.clockOffset += 601
        #expect(refusal { _ = try test.exchange(late) } == "400 invalid_grant")
    }

    @Test("refuses another verifier, and a missing one where PKCE is on")
    func pkceMismatch() throws {
        var test = try TestWorld()
        let code = try test.authorizedCode()
        let other = String(repeating: "a", count: 43)
        #expect(refusal { _ = try test.exchange(code, verifier: other) } == "400 invalid_grant")
        #expect(refusal { _ = try test.exchange(code, verifier: nil) } == "400 invalid_request")
        #expect(throws: AuthorizationProblem.self) { _ = try test.authorizedCode(challenge: nil) }
    }

    @Test("rotates refresh tokens: the old pair is dead after a refresh")
    func rotation() throws {
        var test = try TestWorld()
        let first = try test.exchange(test.authorizedCode())
        let second = try test.refresh(first["refresh_token"])
        #expect(second["refresh_token"] != first["refresh_token"])
        #expect(refusal { _ = try test.refresh(first["refresh_token"]) } == "400 invalid_grant")
        #expect(
            refusal { _ = try test.world.caller(bearer: first["access_token"]?.string, family: .integrations) }
                == "401 not_found")
        let ledger = test.world.ledger().array?.first
        #expect(ledger?["issued"] == 2)
        #expect(ledger?["used"] == 1)
        #expect(ledger?["posts"] == 2)
    }

    @Test("kills the grant on reuse, or allows reuse, as the knobs say")
    func reuseKnobs() throws {
        var test = try TestWorld()
        test.world.knobs.reuseRefresh = true
        let first = try test.exchange(test.authorizedCode())
        _ = try test.refresh(first["refresh_token"])
        let third = try test.refresh(first["refresh_token"])
        test.world.knobs.reuseRefresh = false
        test.world.knobs.reuseRevokesGrant = true
        #expect(refusal { _ = try test.refresh(first["refresh_token"]) } == "400 invalid_grant")
        #expect(refusal { _ = try test.refresh(third["refresh_token"]) } == "400 invalid_grant")
    }

    @Test("gives no refresh token without offline_access")
    func withoutOfflineAccess() throws {
        var test = try TestWorld()
        _ = try test.world.saveApplication(clientID: test.clientID, ["scopes": ["read", "write"]])
        let pair = try test.exchange(test.authorizedCode())
        #expect(pair["refresh_token"] == nil)
    }

    @Test("gives client_credentials six hours of the owner's account and no refresh token")
    func clientCredentials() throws {
        var test = try TestWorld()
        let answer = try test.token(["grant_type": "client_credentials"])
        #expect(answer["expires_in"] == 21_600)
        #expect(answer["refresh_token"] == nil)
        #expect(answer["user_id"]?.int == test.world.applications[test.clientID]?.ownerID)
    }

    @Test("names what is wrong with a token request")
    func requestErrors() throws {
        var test = try TestWorld()
        #expect(refusal { _ = try test.token(["grant_type": "password"]) } == "400 unsupported_grant_type")
        #expect(refusal { _ = try test.token(["grant_type": "refresh_token"]) } == "400 invalid_request")
        #expect(
            refusal { _ = try test.token(["grant_type": "client_credentials", "test_token": true]) }
                == "400 invalid_request")
        #expect(
            refusal {
                _ = try test.world.issueToken(
                    for: TokenRequest(
                        .json(["grant_type": "client_credentials", "client_id": 7, "client_secret": "x"]),
                        refusingUnknown: true))
            } == "400 invalid_client")
    }

    @Test("ends tokens on revocation and tells the panel, on a password change tells nobody")
    func revocation() throws {
        var test = try TestWorld()
        let pair = try test.exchange(test.authorizedCode())
        test.world.deauthorize(test.key())
        #expect(refusal { _ = try test.refresh(pair["refresh_token"]) } == "400 invalid_grant")
        #expect(test.world.outbox.map(\.topic) == ["mp-connect"])
        let again = try test.exchange(test.authorizedCode())
        test.world.changePassword(of: test.seller().id)
        #expect(
            refusal { _ = try test.world.caller(bearer: again["access_token"]?.string, family: .general) }
                == "401 unauthorized")
        #expect(test.world.outbox.count == 1)
    }

    @Test("goes back with access_denied and the state when the seller denies")
    func denial() throws {
        var test = try TestWorld()
        let query = "client_id=\(test.clientID)&response_type=code&state=S&redirect_uri=\(TestWorld.redirect)"
        _ = try test.world.saveApplication(clientID: test.clientID, ["pkce": false])
        let request = try test.world.beginAuthorization(try #require(FormFields(encoded: query)))
        let ticket = try test.world.logIn(as: "TIENDALUNA", requestID: request)
        let url = try test.world.decide(approves: false, ticket: ticket)
        #expect(url.hasPrefix(TestWorld.redirect + "?error=access_denied&error_description="))
        #expect(url.hasSuffix("&state=S"))
        #expect(throws: AuthorizationProblem.self) { _ = try test.world.decide(approves: true, ticket: ticket) }
    }

    @Test("stops at a page for a collaborator's login and for open identity data")
    func stops() throws {
        var test = try TestWorld()
        test.world.knobs.operatorLogin = true
        let problem = #expect(throws: AuthorizationProblem.self) { _ = try test.authorizedCode() }
        #expect(problem?.code == "invalid_operator_user_id")
        test.world.knobs.operatorLogin = false
        test.world.knobs.kycPending = true
        #expect(throws: AuthorizationProblem.self) { _ = try test.authorizedCode() }
    }
}
