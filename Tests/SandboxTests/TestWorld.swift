import Foundation
import HTTPTypes
import Hummingbird

@testable import Sandbox

/// A planted world at a fixed moment, with what most tests need of it.
struct TestWorld {
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let redirect = "https://gw.example/oauth/callback"

    var world: World
    let clientID = "1000000000000001"

    init() throws {
        world = World(seed: 1, timeScale: 1) { Date(timeIntervalSince1970: 1_760_000_000) }
        world.plantSeedData()
        world.knobs.paymentIntentRPS = 0
        _ = try world.saveApplication(
            clientID: clientID, ["redirect_uris": [.string(Self.redirect)], "webhook_url": "http://127.0.0.1:9/mp"])
    }

    var secret: String { world.applications[clientID]?.clientSecret ?? "" }

    func seller(_ nickname: String = "PANADERIASOL") -> User {
        guard let user = world.user(named: nickname) else { preconditionFailure("no \(nickname)") }
        return user
    }

    func key(_ nickname: String = "PANADERIASOL") -> GrantKey {
        GrantKey(userID: seller(nickname).id, clientID: clientID)
    }

    func device(_ nickname: String = "PANADERIASOL") -> Device {
        let id = seller(nickname).id
        guard let device = world.devices.values.first(where: { $0.ownerID == id }) else {
            preconditionFailure("no device of \(nickname)")
        }
        return device
    }

    func caller(_ nickname: String = "PANADERIASOL") -> Caller { Caller(key: key(nickname), isLive: true) }

    /// Walks through the pages and gives the code.
    mutating func authorizedCode(challenge: String? = PKCE.challenge(of: Self.verifier)) throws -> String {
        var query = "client_id=\(clientID)&response_type=code&platform_id=mp&state=S&redirect_uri=\(Self.redirect)"
        if let challenge { query += "&code_challenge=\(challenge)&code_challenge_method=S256" }
        let fields = FormFields(encoded: query) ?? .none
        let request = try world.beginAuthorization(fields)
        let ticket = try world.logIn(as: "panaderiasol", requestID: request)
        let url = try world.decide(approves: true, ticket: ticket)
        return FormFields(encoded: url.split(separator: "?")[1])?["code"] ?? ""
    }

    mutating func exchange(_ code: String, verifier: String? = Self.verifier) throws -> JSON {
        var body: [String: JSON] = [
            "grant_type": "authorization_code", "code": .string(code), "redirect_uri": .string(Self.redirect),
        ]
        if let verifier { body["code_verifier"] = .string(verifier) }
        return try token(body)
    }

    mutating func refresh(_ token: JSON?) throws -> JSON {
        try self.token(["grant_type": "refresh_token", "refresh_token": token ?? .null])
    }

    mutating func token(_ body: [String: JSON]) throws -> JSON {
        var body = body
        body["client_id"] = .string(clientID)
        body["client_secret"] = .string(secret)
        return try world.issueToken(for: TokenRequest(.json(JSON.object(body)), refusingUnknown: true))
    }
}

extension Call {
    /// A POST of a JSON document.
    static func json(_ value: JSON) -> Call {
        Call(
            method: .post, path: "/", query: .none, headers: [.contentType: "application/json"],
            body: Array(value.text.utf8), parameters: Parameters())
    }
}

/// The refusal's status and `error`, or `code` in the flat envelope.
func refusal(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch let refusal as Refusal {
        let json = JSON(parsing: Array(refusal.reply.body.utf8))
        let error = json?["error"]?.string ?? json?["code"]?.string ?? ""
        return "\(refusal.reply.status) \(error)"
    } catch {
        return "\(error)"
    }
}
