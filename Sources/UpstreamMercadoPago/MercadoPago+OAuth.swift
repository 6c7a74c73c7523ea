import Foundation
public import Gateway

extension MercadoPago: UpstreamOAuth {
    /// Builds the URL of REF §1.1, each value percent-encoded.
    public func authorizationURL(for request: AuthorizationRequest) -> String {
        var items = [
            ("client_id", request.clientID), ("response_type", "code"), ("platform_id", "mp"),
            ("redirect_uri", request.redirectURI),
        ]
        request.state.reveal { items.append(("state", $0)) }
        if let challenge = request.codeChallenge {
            items += [("code_challenge", challenge), ("code_challenge_method", "S256")]
        }
        let query = items.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
        return "\(configuration.authorizationPage(site: request.site.description))?\(query)"
    }

    /// Exchanges a code, once, within 20 seconds.
    public func exchange(
        _ exchange: CodeExchange, as client: ClientCredentials
    ) async throws(UpstreamError) -> TokenGrant {
        var members = Self.members("authorization_code", client)
        members["code"] = exchange.code.reveal { $0 }
        members["redirect_uri"] = exchange.redirectURI
        if let verifier = exchange.verifier { members["code_verifier"] = verifier.reveal { $0 } }
        return try await grant(members, within: Self.callDeadline)
    }

    /// Exchanges a refresh token, once, within 120 seconds.
    public func refresh(
        _ token: Secret<String>, as client: ClientCredentials
    ) async throws(UpstreamError) -> TokenGrant {
        var members = Self.members("refresh_token", client)
        members["refresh_token"] = token.reveal { $0 }
        return try await grant(members, within: Self.refreshDeadline)
    }

    /// Asks for the application's own token.
    public func clientCredentials(as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        try await grant(Self.members("client_credentials", client), within: Self.callDeadline)
    }

    private static func members(_ grantType: String, _ client: ClientCredentials) -> [String: Any] {
        var members: [String: Any] = [
            "grant_type": grantType, "client_id": client.clientID, "client_secret": client.secret.reveal { $0 },
        ]
        // Text by contract, not a truth value (REF §1.5).
        if client.isTest { members["test_token"] = "true" }
        return members
    }

    // RFC 3986 §2.3: unreserved characters only.
    private static func encoded(_ text: String) -> String {
        var allowed = CharacterSet(charactersIn: "A"..."Z")
        allowed.insert(charactersIn: "a"..."z")
        allowed.insert(charactersIn: "0"..."9")
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}
