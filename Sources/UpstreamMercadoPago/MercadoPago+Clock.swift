import AsyncHTTPClient
public import Gateway

extension MercadoPago: UpstreamClock {
    /// Asks `GET /users/me` without a token and reads the head of whatever comes back, commonly a 401.
    public func time() async throws(UpstreamError) -> Timestamp? {
        let request = HTTPClientRequest(url: configuration.apiURL + "/users/me")
        return try await execute(request, by: client, within: Self.callDeadline).date.flatMap { HTTPDate.read($0) }
    }
}

/// What is entered in the provider's panel.
public enum MercadoPagoPanel {
    /// The topics that the gateway understands, as the panel names them (REF §4.3).
    public static let topics = [
        "payment", "order", "point_integration_wh", "mp-connect", "stop_delivery_op_wh", "topic_claims_integration_wh",
        "topic_chargebacks_wh",
    ]
}

/// The date of an HTTP answer (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads the one form that is still sent; anything else gives `nil`.
    static func read(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT", words[1].utf8.count == 2,
            words[3].utf8.count == 4, let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        return Timestamp(rfc3339: "\(words[3])-\(month < 9 ? "0" : "")\(month + 1)-\(words[1])T\(words[4])Z")
    }
}
