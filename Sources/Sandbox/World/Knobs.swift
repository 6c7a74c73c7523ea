import Foundation

/// Every point on which the upstream's behaviour isn't certain, and the faults that last.
///
/// The JSON names are the property names in snake case. Source of each: reference §9 and the section it names.
struct Knobs: Codable, Sendable {
    /// A used refresh token works again (the contradicting text of §1.6).
    var reuseRefresh = false
    /// A used refresh token kills the whole grant.
    var reuseRevokesGrant = false
    /// A refresh kills the access token it replaces.
    var revokeOldAccessOnRefresh = true
    /// A second authorization kills the tokens of the first.
    var relinkRevokesOld = true
    /// Token answers come without a refresh token.
    var omitRefreshToken = false
    /// Seconds of validity of a seller's access token.
    var accessTokenTTL = 15_552_000
    /// `invalid_grant` or `unauthorized_client` for a refresh after the seller revoked.
    var revokedRefreshError = "invalid_grant"
    /// Status of every token error but `invalid_grant`, whose 400 is the only confirmed one (§1.7).
    var oauthErrorStatus = 400
    /// `error` of a denied authorization's redirect (§1.2).
    var denialError = "access_denied"
    /// The token endpoint refuses parameters it doesn't know.
    var refuseUnknownParameters = true
    /// The application's own access token passes as its secret (§1.5).
    var acceptAppTokenAsSecret = false
    /// Every login is a collaborator's: a page, no redirect.
    var operatorLogin = false
    /// Every account's identity check is open: a page, no redirect.
    var kycPending = false
    /// A completed authorization sends `application.authorized`.
    var notifyAuthorized = false
    /// A password change sends `application.deauthorized` (§9).
    var notifyPasswordChange = false
    /// `application` or `grant`: what `data.id` of `mp-connect` names (§4.3.3).
    var mpConnectDataID = "application"
    /// Any 2xx acknowledges a notification, not only 200 and 201 (§4.7).
    var acceptAny2xxAck = false
    /// `raw` or `lower`: the case of `data.id` in the signed manifest.
    var signatureIDCase = Signature.IDCase.raw
    /// `s` or `ms`: the unit of `ts`.
    var signatureTSUnit = Signature.TimeUnit.seconds
    /// Retries repeat the first attempt's `ts` and `x-request-id`.
    var retriesKeepSignature = false
    /// Flat notifications carry `caller_id` and `client_id`.
    var flatWithCaller = true
    /// Flat notifications carry an `x-signature` of the application's secret.
    var flatSigned = false
    /// Everything is sent twice.
    var duplicateNotifications = false
    /// Milliseconds added before each notification's first attempt.
    var notificationDelayMS = 0
    /// The panel webhook also gets `point_integration_wh`.
    var sendTopicPointIntegrationWH = false
    /// ABANDONED is notified.
    var notifyAbandoned = false
    /// The integrator webhook gets notifications before it is validated.
    var deliverBeforeValid = false
    /// One integrator record for a seller, shared by its applications (§2.1).
    var integratorPerUser = false
    /// Milliseconds that the challenge waits for its answer.
    var challengeTimeoutMS = 5000
    /// Setting the webhook makes it unvalidated again.
    var patchResetsValidity = true
    /// 200 or 201 for a created intent.
    var intentCreateStatus = 200
    /// A terminal follows a change of its mode only after a restart (§2.2).
    var modeNeedsRestart = true
    /// The list of terminals shows the mode in which a terminal really works, not the one that was asked for (§2.2).
    var showRunningMode = false
    /// An intent for a terminal outside PDV mode is refused instead of staying OPEN (§2.2).
    var refuseStandaloneIntents = false
    /// `conflict_error` or `2205` for an occupied terminal.
    var occupiedTerminalError = "conflict_error"
    /// 404 or 409 for cancelling an unknown or already cancelled intent.
    var unknownCancelStatus = 404
    /// Reads of one intent allowed each second; 0 doesn't limit.
    var paymentIntentRPS: Double = 1
    /// Live refusals were seen above the documented minimum; 0 keeps the documented one.
    var minimumAmount: Int64 = 0
    /// How many test users an application may have.
    var testUserLimit = 10

    private enum CodingKeys: String, CodingKey {
        case reuseRefresh = "reuse_refresh"
        case reuseRevokesGrant = "reuse_revokes_grant"
        case revokeOldAccessOnRefresh = "revoke_old_access_on_refresh"
        case relinkRevokesOld = "relink_revokes_old"
        case omitRefreshToken = "omit_refresh_token"
        case accessTokenTTL = "access_token_ttl"
        case revokedRefreshError = "revoked_refresh_error"
        case oauthErrorStatus = "oauth_error_status"
        case denialError = "denial_error"
        case refuseUnknownParameters = "refuse_unknown_parameters"
        case acceptAppTokenAsSecret = "accept_app_token_as_secret"
        case operatorLogin = "operator_login"
        case kycPending = "kyc_pending"
        case notifyAuthorized = "notify_authorized"
        case notifyPasswordChange = "notify_password_change"
        case mpConnectDataID = "mp_connect_data_id"
        case acceptAny2xxAck = "accept_any_2xx_ack"
        case signatureIDCase = "signature_id_case"
        case signatureTSUnit = "signature_ts_unit"
        case retriesKeepSignature = "retries_keep_signature"
        case flatWithCaller = "flat_with_caller"
        case flatSigned = "flat_signed"
        case duplicateNotifications = "duplicate_notifications"
        case notificationDelayMS = "notification_delay_ms"
        case sendTopicPointIntegrationWH = "send_topic_point_integration_wh"
        case notifyAbandoned = "notify_abandoned"
        case deliverBeforeValid = "deliver_before_valid"
        case integratorPerUser = "integrator_per_user"
        case challengeTimeoutMS = "challenge_timeout_ms"
        case patchResetsValidity = "patch_resets_validity"
        case intentCreateStatus = "intent_create_status"
        case modeNeedsRestart = "mode_needs_restart"
        case showRunningMode = "show_running_mode"
        case refuseStandaloneIntents = "refuse_standalone_intents"
        case occupiedTerminalError = "occupied_terminal_error"
        case unknownCancelStatus = "unknown_cancel_status"
        case paymentIntentRPS = "payment_intent_rps"
        case minimumAmount = "minimum_amount"
        case testUserLimit = "test_user_limit"
    }

    /// All knobs by name.
    var json: JSON {
        guard let data = try? JSONEncoder().encode(self) else { return .null }
        return JSON(parsing: Array(data)) ?? .null
    }

    /// Sets the knobs that a `PATCH /_sim/knobs` names and leaves the others.
    ///
    /// - Throws: A 400 that names the unknown or ill-typed knob.
    mutating func turn(_ changes: JSON) throws {
        guard var members = json.members, let changes = changes.members else {
            throw Refusal.admin("an object of knobs is expected")
        }
        for (name, value) in changes {
            guard members[name] != nil else { throw Refusal.admin("no knob \(name)") }
            members[name] = value
        }
        do {
            self = try JSONDecoder().decode(Knobs.self, from: Data(JSON.object(members).text.utf8))
        } catch {
            throw Refusal.admin("a knob has a value of the wrong kind")
        }
    }
}
