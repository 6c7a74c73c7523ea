import Crypto
import Foundation
public import Gateway

/// Passes notifications on as the provider sends them, so that code and SDKs made for its webhooks work unchanged.
///
/// Source: REF §4.2 for the headers, §4.6 for the signature.
public struct MercadoPagoForwarding: NotificationForwarder {
    /// Everything is in the notification itself.
    public init() {}

    /// Content type, request id and `x-signature`: HMAC-SHA-256 under the secret's text over id, request and time.
    public func headers(
        of notification: ArrivedNotification, id: String, at moment: Timestamp, secret: Secret<String>
    ) -> [(name: String, value: String)] {
        // Its validators read seconds, and take the id in the case that it came in.
        let timestamp = String(moment.seconds)
        let signed = MercadoPagoNotifications.query(notification.query)["data.id"]
        let manifest = PanelSignature.manifest(id: signed, request: id, timestamp: timestamp)
        let key = secret.reveal { SymmetricKey(data: Array($0.utf8)) }
        let code = hexadecimal(Array(HMAC<SHA256>.authenticationCode(for: Array(manifest.utf8), using: key)))
        let type = notification.headers.first { $0.lowercased().hasPrefix("content-type: ") }
        return [
            (name: "content-type", value: type.map { String($0.dropFirst(14)) } ?? "application/json"),
            (name: "x-request-id", value: id), (name: "x-signature", value: "ts=\(timestamp),v1=\(code)"),
        ]
    }

    /// What "simulate notification" in the panel sends.
    public func test(at moment: Timestamp) -> ArrivedNotification {
        let body = """
            {"action":"test.created","api_version":"v1","data":{"id":"123456"},"date_created":"\(moment.description)",\
            "id":"123456","live_mode":false,"type":"test"}
            """
        return ArrivedNotification(query: "data.id=123456&type=test", headers: [], body: Array(body.utf8))
    }
}
