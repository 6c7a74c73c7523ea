import Foundation

/// One notification on its way to one address.
struct OutgoingNotification: Sendable {
    /// The upstream's two notification systems.
    ///
    /// Source: reference §0.1.
    enum Channel: String, Sendable {
        /// The application's webhook: an envelope, signed.
        case panel
        /// The webhook registered through the API: the flat intent.
        case integrator
    }

    /// How `x-signature` is made.
    struct Signing: Sendable {
        let secret: String
        /// As it enters the manifest; nil leaves the part out.
        let dataID: String?
        let unit: Signature.TimeUnit
        let keepsFirst: Bool
    }

    let id: Int64
    let channel: Channel
    /// The whole address, query included.
    let url: String
    let topic: String
    let notificationID: String
    let body: String
    let signing: Signing?
    var attempt = 0
    var dueAt: Date
    /// `x-request-id` and `ts` of the first attempt.
    var first: (requestID: String, timestamp: String)?
}

/// An attempt with its headers, ready to be sent.
struct PreparedAttempt: Sendable {
    let notification: OutgoingNotification
    let headers: [(String, String)]
}

/// One line of `/_sim/deliveries`.
struct DeliveryAttempt: Sendable {
    let notification: OutgoingNotification
    /// Nil when there was no answer in time.
    let status: Int?
    let at: Date

    /// Whether the upstream takes the answer for an acknowledgement: 200 and 201 only (reference §4.7).
    var isAcknowledged: Bool { status == 200 || status == 201 }

    /// The line itself.
    var json: JSON {
        [
            "id": .int(notification.id), "channel": .string(notification.channel.rawValue),
            "url": .string(notification.url), "attempt": .int(Int64(notification.attempt)),
            "status": status.map { .int(Int64($0)) } ?? .null, "acknowledged": .bool(isAcknowledged),
            "at": .string(Timestamp.utc(at)), "notification_id": .string(notification.notificationID),
            "topic": .string(notification.topic), "body": JSON(parsing: Array(notification.body.utf8)) ?? .null,
        ]
    }
}
