import Foundation

/// A checked request of the authorization page, waiting for a login.
struct AuthorizationRequest: Sendable {
    let clientID: String
    let redirectURI: String
    let state: String?
    let challenge: PKCE.Challenge?
}

/// A login that was made for one authorization request; one use, ten minutes.
struct LoginTicket: Sendable {
    let requestID: String
    let userID: Int64
    let expiresAt: Date
}

/// Why the authorization page doesn't go on.
///
/// Shown as a page, never sent to the redirect URL.
struct AuthorizationProblem: Error, Equatable {
    /// The upstream's word for it.
    let code: String
    /// A sentence for the person in front of the page.
    let text: String
}

extension World {
    /// Checks the query of `GET /authorization` and keeps it; gives the id that the login page carries.
    ///
    /// - Throws: ``AuthorizationProblem``.
    mutating func beginAuthorization(_ query: FormFields) throws -> String {
        guard !query.hasRepetition else {
            throw AuthorizationProblem(code: "invalid_request", text: "A parameter was sent twice.")
        }
        guard let application = query["client_id"].flatMap({ applications[$0] }) else {
            throw AuthorizationProblem(code: "invalid_client", text: "There is no application with this client_id.")
        }
        guard query["response_type"] == "code" else {
            throw AuthorizationProblem(code: "unsupported_response_type", text: "response_type must be code.")
        }
        guard let uri = query["redirect_uri"], application.redirectURIs.contains(uri) else {
            throw AuthorizationProblem(
                code: "invalid_redirect_uri", text: "The redirect_uri is none of those saved in the application.")
        }
        let challenge = try challenge(in: query, of: application)
        remember("state", query.filled("state"))
        let id = generator.hex(32)
        authorizations[id] = AuthorizationRequest(
            clientID: application.clientID, redirectURI: uri, state: query.filled("state"), challenge: challenge)
        return id
    }

    private func challenge(in query: FormFields, of application: Application) throws -> PKCE.Challenge? {
        guard let value = query.filled("code_challenge") else {
            guard application.requiresPKCE else { return nil }
            throw AuthorizationProblem(
                code: "invalid_request", text: "The application requires PKCE and no code_challenge came.")
        }
        guard let method = PKCE.Method(rawValue: query["code_challenge_method"]?.lowercased() ?? "plain") else {
            throw AuthorizationProblem(code: "invalid_request", text: "code_challenge_method must be S256 or Plain.")
        }
        return PKCE.Challenge(value: value, method: method)
    }

    /// Logs a person in for a waiting request and gives the one-time ticket.
    ///
    /// - Throws: ``AuthorizationProblem``: unknown request or account, or a collaborator's login (knob).
    mutating func logIn(as name: String, requestID: String) throws -> String {
        guard authorizations[requestID] != nil else { throw Self.stale }
        guard let user = user(named: name) else {
            throw AuthorizationProblem(code: "unknown_user", text: "There is no account with this nickname.")
        }
        if knobs.operatorLogin {
            throw AuthorizationProblem(
                code: "invalid_operator_user_id", text: "Only the account holder can authorize an application.")
        }
        let ticket = generator.hex(40)
        loginTickets[ticket] = LoginTicket(
            requestID: requestID, userID: user.id, expiresAt: now.addingTimeInterval(600))
        remember("login_ticket", ticket)
        return ticket
    }

    /// What the consent page shows; the ticket stays usable.
    ///
    /// - Throws: ``AuthorizationProblem``: a dead ticket, or an open identity check (knob).
    func consent(for ticket: String) throws -> (application: Application, user: User) {
        guard let login = loginTickets[ticket], login.expiresAt > now,
            let request = authorizations[login.requestID], let user = users[login.userID],
            let application = applications[request.clientID]
        else { throw Self.stale }
        if knobs.kycPending {
            throw AuthorizationProblem(
                code: "kyc_pending", text: "Complete the identity data of your account and try again.")
        }
        return (application, user)
    }

    /// Takes the decision, uses the ticket up and gives the address to send the browser to.
    ///
    /// - Throws: ``AuthorizationProblem``.
    mutating func decide(approves: Bool, ticket: String) throws -> String {
        let (application, user) = try consent(for: ticket)
        guard let login = loginTickets.removeValue(forKey: ticket),
            let request = authorizations.removeValue(forKey: login.requestID)
        else { throw Self.stale }
        var answer: [(String, String)] = []
        if approves {
            let code = "TG-\(generator.hex(24))-\(user.id)"
            codes[code] = AuthorizationCode(
                owner: GrantKey(userID: user.id, clientID: application.clientID), redirectURI: request.redirectURI,
                challenge: request.challenge, expiresAt: now.addingTimeInterval(600))
            remember("code", code)
            answer = [("code", code)]
        } else {
            answer = [
                ("error", knobs.denialError), ("error_description", "The user denied the authorization"),
            ]
        }
        if let state = request.state { answer.append(("state", state)) }
        return FormFields.appending(answer, to: request.redirectURI)
    }

    private static let stale = AuthorizationProblem(
        code: "invalid_request", text: "This page is no longer valid. Start again from the application.")
}
