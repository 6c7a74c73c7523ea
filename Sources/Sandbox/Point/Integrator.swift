import Crypto
import Foundation

/// What the upstream keeps about one caller of the Integrations API.
///
/// Source: reference §2.1.
struct Integrator: Sendable {
    /// Key of the challenge's HMAC, a UUID used as text.
    let token: String
    var webhook = ""
    var isValidWebhook = false

    /// The body of `GET …/integrators`.
    var json: JSON {
        ["token": .string(token), "webhook": .string(webhook), "is_valid_webhook": .bool(isValidWebhook)]
    }
}

/// The proof that a webhook's owner knows the integrator token.
///
/// Source: reference §2.1.
enum WebhookChallenge {
    /// 64 lower-case hexadecimal digits that the webhook has to answer.
    static func answer(to code: String, token: String) -> String {
        Hex.lower(
            HMAC<SHA256>.authenticationCode(for: Data(code.utf8), using: SymmetricKey(data: Data(token.utf8))))
    }
}

extension World {
    /// What the records hang on: seller and application, or the seller alone where the knob says so.
    func recordKey(of key: GrantKey) -> GrantKey {
        knobs.integratorPerUser ? GrantKey(userID: key.userID, clientID: "") : key
    }

    /// The caller's record; made on first sight.
    ///
    /// One record for each seller and application.
    mutating func integrator(of key: GrantKey) -> Integrator {
        let key = recordKey(of: key)
        if let integrator = integrators[key] { return integrator }
        let integrator = Integrator(token: generator.uuid())
        integrators[key] = integrator
        remember("integrator_token", integrator.token)
        return integrator
    }

    /// Sets the webhook.
    ///
    /// - Throws: 400 for text that isn't an absolute HTTP URL of at most 400 characters.
    mutating func setWebhook(_ text: String?, of key: GrantKey) throws {
        guard let text else { throw Refusal.upstream(400, "bad_request", "webhook is required") }
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme ?? ""), url.host() != nil,
            text.utf8.count <= 400
        else { throw Refusal.upstream(400, "bad_request", "parse \(text) invalid URI for request") }
        var integrator = integrator(of: key)
        integrator.webhook = text
        if knobs.patchResetsValidity { integrator.isValidWebhook = false }
        integrators[recordKey(of: key)] = integrator
    }

    /// What a check needs to call the webhook.
    ///
    /// - Throws: 400 when no webhook is set.
    mutating func beginCheck(of key: GrantKey) throws -> WebhookCheck {
        let integrator = integrator(of: key)
        guard !integrator.webhook.isEmpty else {
            throw Refusal.upstream(400, "bad_request", "parse \"\": empty url")
        }
        let code = generator.uuid()
        return WebhookCheck(
            webhook: integrator.webhook, code: code,
            expected: WebhookChallenge.answer(to: code, token: integrator.token),
            timeoutMS: Int64(knobs.challengeTimeoutMS))
    }

    /// Notes the outcome of a check, unless the webhook was changed meanwhile.
    mutating func endCheck(_ check: WebhookCheck, passed: Bool, of key: GrantKey) {
        let key = recordKey(of: key)
        guard integrators[key]?.webhook == check.webhook else { return }
        integrators[key]?.isValidWebhook = passed
    }
}

/// One challenge on its way to a webhook.
struct WebhookCheck: Sendable {
    let webhook: String
    let code: String
    let expected: String
    let timeoutMS: Int64

    /// The address of the challenge; a webhook with a query of its own keeps it.
    var url: String { FormFields.appending([("challengeCode", code)], to: webhook) }
}
