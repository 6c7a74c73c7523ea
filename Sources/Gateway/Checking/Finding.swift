/// One thing that was looked at: how it is, and what to do where it is not as it should be.
public struct Finding: Hashable, Sendable {
    /// How it is.
    public enum Result: String, Sendable, CaseIterable {
        /// As it should be.
        case ok
        /// Works, and a person should look.
        case warning
        /// Does not work.
        case failure
        /// Could not be looked at; `detail` says why.
        case notChecked = "not_checked"
    }

    /// What is looked at: stable names, for people and for alarms.
    public enum Check: String, Sendable, CaseIterable {
        // Of an application.
        case tokenEndpoint = "token_endpoint"
        case clientCredentials = "client_credentials"
        case applicationMode = "application_mode"
        case applicationSite = "application_site"
        case redirectURI = "redirect_uri"
        case pkce
        case webhookSecret = "webhook_secret"
        case renewal
        // Of both.
        case clock
        // Of the installation.
        case upstream
        case publicURL = "public_url"
        case databaseDurability = "database_durability"
        case databaseIntegrity = "database_integrity"
        case disk
        case keyring
        case keyringSource = "keyring_source"
        case spool
        case refreshBacklog = "refresh_backlog"
        case deliveryBacklog = "delivery_backlog"
        case applications
    }

    /// What was looked at.
    public let check: Check
    /// How it is.
    public let result: Result
    /// What was found, in English; names and ids only, never a secret.
    public let detail: String
    /// What to do about it; `nil` where there is nothing to do.
    public let fix: String?

    /// Takes what was found.
    public init(_ check: Check, _ result: Result, _ detail: String, fix: String? = nil) {
        self.check = check
        self.result = result
        self.detail = detail
        self.fix = fix
    }
}

extension Finding.Result {
    /// What several findings come to: the worst of them, where what could not be looked at counts for nothing.
    public static func worst(of results: some Sequence<Finding.Result>) -> Finding.Result {
        let all = Set(results)
        return [.failure, .warning].first { all.contains($0) } ?? .ok
    }
}
