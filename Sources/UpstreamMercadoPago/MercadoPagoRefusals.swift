/// What this provider's refusals of API calls mean.
public enum MercadoPagoRefusals {
    /// Whether the access token is invalid or has expired, in the provider's own words.
    ///
    /// "Unauthorized use of live credentials" is none of it, nor is a 401 without words. Source: REF §2.0 and §6 #10.
    public static func isTokenRefused(status: Int, body: [UInt8]) -> Bool {
        guard status == 401, let members = AnswerReading.object(body) else { return false }
        let words = ["message", "error", "code"].compactMap { AnswerReading.text(members[$0])?.lowercased() }
        guard !words.contains(where: { $0.contains("live credentials") }) else { return false }
        return words.contains { $0.contains("token") && ($0.contains("invalid") || $0.contains("expired")) }
    }
}
