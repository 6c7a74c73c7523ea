import Gateway
import HTTPTypes
import Hummingbird
import Metrics
import NIOCore

/// The provider's webhooks: `/hooks/app/…` and `/hooks/con/…`; nothing is acknowledged before it is durable.
struct IngestRoutes: Sendable {
    /// Largest body in bytes.
    static let largestBody = 256 << 10

    let receiver: NotificationReceiver
    let clock: WallClock

    func add(to router: Router<GatewayRequestContext>) {
        router.post("/hooks/app/{opaque}") { request, context in
            let received = try await received(request)
            let receipt = try await receiver.receive(
                application: try context.parameters.require("opaque"), received)
            return try Self.answer(receipt, .application)
        }
        router.post("/hooks/con/{opaque}") { request, context in
            let received = try await received(request)
            let receipt = try await receiver.receive(
                connection: try context.parameters.require("opaque"), received)
            return try Self.answer(receipt, .connection)
        }
        router.get("/hooks/con/{opaque}") { request, context in
            guard let code = request.uri.queryParameters["challengeCode"], (1...512).contains(code.utf8.count),
                let answer = try await receiver.challenge(
                    connection: try context.parameters.require("opaque"), code: String(code))
            else { throw Problem(.notFound, "There is no such route.") }
            return try APIRoutes.json(ChallengeAnswer(encryptedChallenge: answer), status: .ok)
        }
    }

    private func received(_ request: Request) async throws -> ReceivedRequest {
        let kept = receiver.keptHeaders
        return ReceivedRequest(
            query: request.uri.query ?? "",
            headers: request.headers.compactMap { field in
                kept.contains(field.name.canonicalName) ? (name: field.name.canonicalName, value: field.value) : nil
            },
            body: Array(buffer: try await request.body.collect(upTo: Self.largestBody)), receivedAt: clock.now)
    }

    private static func answer(_ receipt: Receipt, _ channel: NotificationChannel) throws(Problem) -> Response {
        let outcome =
            switch receipt {
            case .accepted: "accepted"
            case .duplicate: "duplicate"
            case .parked: "parked"
            case .ignored: "ignored"
            case .unverified: "unverified"
            case .malformed: "malformed"
            case .unknownPath: "unknown_path"
            }
        Counter(
            label: MetricName.ingest.rawValue, dimensions: [("channel", channel.rawValue), ("outcome", outcome)]
        ).increment()
        switch receipt {
        case .accepted, .duplicate, .parked, .ignored:
            return Response(status: .ok, headers: [.cacheControl: "no-store"])
        case .unverified: throw Problem(.unauthorized, "The signature is missing or wrong.")
        case .malformed: throw Problem(.invalidRequest, "The notification can't be understood.")
        case .unknownPath: throw Problem(.notFound, "There is no such route.")
        }
    }
}

private struct ChallengeAnswer: Encodable {
    let encryptedChallenge: String
}
