/// What the provider's refusals mean to whoever sets an installation up.
enum ProviderWords {
    /// A provider that gave no usable answer.
    static func unreachable(_ check: Finding.Check, _ problem: Problem) -> Finding {
        switch problem.code {
        case .upstreamUnreachable:
            let (words, fix) = reason(problem.extra["reason"])
            return Finding(check, .failure, "The provider can't be reached: \(words).", fix: fix)
        case .upstreamLimited:
            return Finding(
                check, .warning, "The provider asks for a pause.", fix: "Wait a few minutes and check again.")
        default:
            return Finding(
                check, .failure, "The provider gave no usable answer.",
                fix: "Check upstream.api_url, and the provider's status page; then check again.")
        }
    }

    /// Credentials that were refused.
    static func refused(_ code: String, of application: ApplicationID) -> Finding {
        switch code {
        case "invalid_client":
            Finding(
                .clientCredentials, .failure,
                "The provider does not accept this client id with this client secret (invalid_client): no shop can be "
                    + "linked and no token renewed.",
                fix: "Copy the client secret from the provider's panel: `enlace applications add-secret "
                    + "\(application) --kind client`. If renewal has stopped, then `enlace applications resume "
                    + "\(application)`.")
        case "unauthorized_client", "unsupported_grant_type":
            Finding(
                .clientCredentials, .failure, "The provider does not let the application have a token (\(code)).",
                fix: "Switch the flows authorization_code and client_credentials on in the provider's panel.")
        default:
            Finding(
                .clientCredentials, .failure, "The provider refuses the application (\(code)).",
                fix: "Look at the application in the provider's panel: it must be complete, active and of this mode.")
        }
    }

    private static func reason(_ reason: String?) -> (words: String, fix: String) {
        switch reason {
        case UpstreamError.Unreachable.dns.rawValue:
            ("its name has no address", "Check this machine's name servers, and upstream.api_url.")
        case UpstreamError.Unreachable.tls.rawValue:
            (
                "its certificate is not trusted",
                "Check this machine's certificate authorities and clock, and upstream.ca_file."
            )
        default:
            ("no connection", "Let this machine connect out to port 443, and check upstream.api_url.")
        }
    }
}
