import Gateway
import HTTPTypes
import Hummingbird
import ServiceLifecycle

/// `/v1/sellers/{seller}/feed`: events for those who can't be called.
struct FeedRoutes: Sendable {
    let feed: EventFeed
    let sellers: Sellers

    func add(to api: APIRoutes) {
        api.get("/sellers/{seller}/feed") { call in
            guard let reference = call.context.parameters.get("seller").flatMap({ SellerReference($0) }) else {
                throw Problem.sellerNotFound
            }
            let seller = try await sellers.seller(reference, for: call.principal)
            let batch = try await feed.next(
                of: seller.id, from: try start(call), limit: try limit(call), wait: try wait(call),
                isEnding: { Task.isShuttingDownGracefully }, by: call.caller)
            return FeedResource(batch)
        }
    }

    private func start(_ call: APICall) throws(Problem) -> EventFeed.Start {
        switch call.query("after") {
        case nil: .oldest
        case "newest": .newest
        case let text?: .after(try shaped(text, "after", "an event's id, or newest"))
        }
    }

    private func limit(_ call: APICall) throws(Problem) -> Int {
        try number(call, "limit", in: 1...200) ?? 50
    }

    private func wait(_ call: APICall) throws(Problem) -> Duration {
        let longest = Int(EventFeed.longestWait.components.seconds)
        return .seconds(try number(call, "wait_seconds", in: 0...longest) ?? 0)
    }

    private func number(_ call: APICall, _ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = call.query(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid(name, "Give \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}

/// Events with their bodies, and where their reader is now.
struct FeedResource: Encodable {
    let data: [EventResource]
    let position: String?

    init(_ batch: EventFeed.Batch) {
        data = batch.entries.map { EventResource($0.event, body: String(decoding: $0.body, as: UTF8.self)) }
        position = batch.position?.description
    }
}
