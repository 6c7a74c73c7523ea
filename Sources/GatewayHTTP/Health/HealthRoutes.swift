import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

/// Whether the process lives (public), and how it is (internal listener only).
struct HealthRoutes: Sendable {
    let store: any DeliveryStore & QuarantineStore & StoreHealth
    let metrics: PrometheusMetricsFactory
    let clock: WallClock

    /// An endpoint's turn may be late by so many seconds.
    private static let longestWait = 30.0

    func addPublic(to router: Router<GatewayRequestContext>) {
        router.get("/healthz") { _, _ in Self.text("ok\n") }
    }

    func addInternal(to router: Router<GatewayRequestContext>) {
        router.get("/healthz") { _, _ in Self.text("ok\n") }
        router.get("/readyz") { _, _ in
            let isWritable = await store.isWritable()
            let age = (try? await store.queueDepth(at: clock.now)).map { self.age($0) }
            // Nobody should be told that all is well while what is due is not sent (DLV 19).
            let isReady = isWritable && (age ?? .infinity) <= Self.longestWait
            return try APIRoutes.json(
                Readiness(
                    status: isReady ? "ready" : "unavailable", store: isWritable ? "writable" : "unavailable",
                    oldestDueSeconds: age),
                status: isReady ? .ok : .serviceUnavailable)
        }
        router.get("/metrics") { _, _ in
            var text = metrics.text()
            if let depth = try? await store.queueDepth(at: clock.now) {
                text += "# TYPE \(MetricName.queueDepth.rawValue) gauge\n"
                for state in Delivery.State.allCases {
                    let count = depth.counts[state, default: 0]
                    text += "\(MetricName.queueDepth.rawValue){state=\"\(state.rawValue)\"} \(count)\n"
                }
                text += "# TYPE \(MetricName.oldestDueSeconds.rawValue) gauge\n"
                text += "\(MetricName.oldestDueSeconds.rawValue) \(age(depth))\n"
            }
            if let reach = try? await store.reach(of: nil) {
                text += "# TYPE \(MetricName.quarantined.rawValue) gauge\n"
                text += "\(MetricName.quarantined.rawValue) \(reach.sellers)\n"
            }
            return Self.text(text, type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    private func age(_ depth: QueueDepth) -> Double {
        depth.oldestDueAt.map { Double(max(0, clock.now.milliseconds - $0.milliseconds)) / 1000 } ?? 0
    }

    private static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

private struct Readiness: Encodable {
    let status, store: String
    let oldestDueSeconds: Double?
}
