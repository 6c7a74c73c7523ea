/// Says again what the provider said, in the provider's own form: for receivers that were made for it.
///
/// Pure and synchronous.
public protocol NotificationForwarder: Sendable {
    /// The headers under which a notification is passed on, with the provider's kind of signature under a secret.
    ///
    /// - Parameters:
    ///   - notification: What came from the provider.
    ///   - id: What stands for the provider's id of the request.
    ///   - moment: When this attempt is signed.
    ///   - secret: The endpoint's secret in the form that its owner was shown.
    /// - Returns: Names in lower case, in the order of sending.
    func headers(
        of notification: ArrivedNotification, id: String, at moment: Timestamp, secret: Secret<String>
    ) -> [(name: String, value: String)]
    /// What the provider's panel sends to try a webhook.
    func test(at moment: Timestamp) -> ArrivedNotification
}
