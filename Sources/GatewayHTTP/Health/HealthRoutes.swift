import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

/// Whether the process lives (public), and how it is (internal listener only).
struct HealthRoutes: Sendable {
    let store: any DeliveryStore & QuarantineStore & StoreHealth
    let metrics: PrometheusMetricsFactory
    let clock: WallClock

    func addPublic(to router: Router<GatewayRequestContext>) {
        router.get("/healthz") { _, _ in Self.text("ok\n") }
    }

    func addInternal(to router: Router<GatewayRequestContext>) {
        router.get("/healthz") { _, _ in Self.text("ok\n") }
        router.get("/readyz") { _, _ in
            let isWritable = await store.isWritable()
            let depth = try? await store.queueDepth(at: clock.now)
            return try APIRoutes.json(
                Readiness(
                    status: isWritable ? "ready" : "unavailable", store: isWritable ? "writable" : "unavailable",
                    oldestDueSeconds: depth.map { age($0) }),
                status: isWritable ? .ok : .serviceUnavailable)
        }
        router.get("/metrics") { _, _ in
            var text = metrics.text()
            if let depth = try? await store.queueDepth(at: clock.now) {
                text += "# TYPE \(MetricName.queueDepth.rawValue) gauge\n"
                text += "\(MetricName.queueDepth.rawValue){state=\"due\"} \(depth.due)\n"
                text += "\(MetricName.queueDepth.rawValue){state=\"open\"} \(depth.open)\n"
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
