public import Gateway
import NIOHTTP1

extension MercadoPago: UpstreamAccounts {
    /// `GET /users/me` (REF §1.9).
    public func account(with token: Secret<String>) async throws(UpstreamError) -> UpstreamAccount {
        let members = try await call(.GET, "/users/me", token: token)
        guard let user = AnswerReading.text(members["id"]).flatMap({ UpstreamUserID($0) }),
            let site = AnswerReading.text(members["site_id"]).flatMap({ SiteID($0) })
        else { throw .unanswered(status: 200) }
        let tags = members["tags"] as? [String] ?? []
        return UpstreamAccount(
            user: user, nickname: AnswerReading.text(members["nickname"]) ?? "",
            email: AnswerReading.text(members["email"]), site: site, isTestUser: tags.contains("test_user"))
    }

    /// `POST /users/test_user` (the guide's step 1).
    public func createTestUser(
        site: SiteID, with token: Secret<String>
    ) async throws(UpstreamError) -> NewTestUser {
        let members = try await call(
            .POST, "/users/test_user", token: token, body: ["site_id": site.description])
        guard let user = AnswerReading.text(members["id"]).flatMap({ UpstreamUserID($0) }),
            let password = AnswerReading.text(members["password"])
        else { throw .unanswered(status: 200) }
        return NewTestUser(
            user: user, nickname: AnswerReading.text(members["nickname"]) ?? "", password: Secret(password))
    }
}

extension MercadoPago: UpstreamWebhooks {
    /// `GET /point/integration-api/integrators` (REF §2.1).
    public func integrator(with token: Secret<String>) async throws(UpstreamError) -> IntegratorRecord {
        let members = try await call(.GET, "/point/integration-api/integrators", token: token)
        guard let key = AnswerReading.text(members["token"]) else { throw .unanswered(status: 200) }
        return IntegratorRecord(
            token: Secret(key), webhook: AnswerReading.text(members["webhook"]) ?? "",
            isValid: members["is_valid_webhook"] as? Bool ?? false)
    }

    /// `PATCH /point/integration-api/integrators` (the guide's step 3).
    public func setWebhook(_ url: String, with token: Secret<String>) async throws(UpstreamError) {
        _ = try await call(
            .PATCH, "/point/integration-api/integrators", token: token, body: ["webhook": url])
    }

    /// `POST /point/integration-api/integrators/check`; the provider calls the webhook meanwhile.
    public func checkWebhook(with token: Secret<String>) async throws(UpstreamError) {
        do {
            _ = try await call(.POST, "/point/integration-api/integrators/check", token: token)
        } catch {
            if case .refused(_, 409) = error { throw .refused(code: "webhook_not_valid", status: 409) }
            throw error
        }
    }
}
