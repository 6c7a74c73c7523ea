import Foundation

extension World {
    /// Takes everything that is due out of the outbox, each with the headers of this attempt.
    mutating func takeDue() -> [PreparedAttempt] {
        let moment = now
        let due = outbox.filter { $0.dueAt <= moment }
        outbox.removeAll { $0.dueAt <= moment }
        return due.map { prepare($0) }
    }

    /// Seconds until the next notification is due; nil with an empty outbox.
    var secondsToNextDue: TimeInterval? {
        outbox.map(\.dueAt).min().map { max(0, $0.timeIntervalSince(now)) }
    }

    /// Logs an attempt and puts the notification back when it failed and another attempt is left.
    mutating func end(_ notification: OutgoingNotification, status: Int?) {
        let attempt = DeliveryAttempt(notification: notification, status: status, at: now)
        _ = deliveries.append(attempt)
        guard !attempt.isAcknowledged, !(knobs.acceptAny2xxAck && (200...299).contains(status ?? 0)),
            let wait = RetrySchedule.wait(after: notification.attempt, scale: timeScale)
        else { return }
        var again = notification
        again.attempt += 1
        again.dueAt = now.addingTimeInterval(wait)
        outbox.append(again)
    }

    private mutating func prepare(_ notification: OutgoingNotification) -> PreparedAttempt {
        var notification = notification
        var stamp = (requestID: generator.uuid(), timestamp: "")
        if let signing = notification.signing {
            stamp.timestamp = signing.unit.digits(of: now)
            if signing.keepsFirst, let first = notification.first { stamp = first }
        }
        if notification.first == nil { notification.first = stamp }
        // As seen in a real delivery (reference §4.2).
        var headers = [
            ("Content-Type", "application/json"), ("User-Agent", "restclient-node/4.15.3"),
            ("X-Request-Id", stamp.requestID), ("X-Rest-Pool-Name", "/services/webhooks.js"),
            ("X-Retry", String(notification.attempt)), ("X-Socket-Timeout", "22000"),
        ]
        if let signing = notification.signing {
            let manifest = Signature.manifest(
                dataID: signing.dataID, requestID: stamp.requestID, timestamp: stamp.timestamp)
            let v1 = Signature.v1(manifest, secret: signing.secret)
            headers.append(("X-Signature", "ts=\(stamp.timestamp),v1=\(v1)"))
        }
        return PreparedAttempt(notification: notification, headers: headers)
    }
}
