import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Sends what lies in the outbox as soon as it is due, many at a time.
struct NotificationSender: Service {
    let simulator: Simulator
    let client: HTTPClient

    /// Upstream waits this long for an acknowledgement.
    ///
    /// Source: reference §4.7.
    private static let timeout = TimeAmount.seconds(22)

    /// Runs until the server shuts down; attempts in hand are dropped then, as a power cut would.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                var armed: ContinuousClock.Instant?
                for await _ in simulator.alarms {
                    for attempt in simulator.change({ $0.takeDue() }) {
                        group.addTask { await send(attempt) }
                    }
                    guard let seconds = simulator.change({ $0.secondsToNextDue }) else { continue }
                    // A month is beyond every wait; the bound keeps the conversion safe.
                    let due = ContinuousClock.now.advanced(by: .seconds(min(seconds, 30 * 86_400)))
                    if let armed, armed > .now, armed <= due { continue }
                    armed = due
                    group.addTask { await ring(at: due) }
                }
                group.cancelAll()
            }
        }
    }

    private func ring(at due: ContinuousClock.Instant) async {
        try? await ContinuousClock().sleep(until: due)
        simulator.ring()
    }

    private func send(_ attempt: PreparedAttempt) async {
        let notification = attempt.notification
        var request = HTTPClientRequest(url: notification.url)
        request.method = .POST
        for (name, value) in attempt.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: notification.body))
        var status: Int?
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            status = Int(response.status.code)
            // Read to the end so that the connection can be used again.
            _ = try? await response.body.collect(upTo: 1 << 16)
        } catch {
            status = nil
        }
        simulator.change { $0.end(notification, status: status) }
        simulator.ring()
    }
}
