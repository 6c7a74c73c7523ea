import Foundation
import Gateway
import HTTPTypes
import Hummingbird

/// `/v1/events` and `/v1/deliveries`.
struct DeliveryRoutes: Sendable {
    let events: Events
    let deliveries: Deliveries
    let sellers: Sellers

    func add(to api: APIRoutes) {
        api.get("/events") { call in try await list(call, seller: try seller(call.query("seller"))) }
        api.get("/sellers/{seller}/events") { call in
            guard let reference = call.context.parameters.get("seller").flatMap({ SellerReference($0) }) else {
                throw Problem.sellerNotFound
            }
            return try await list(call, seller: try await sellers.seller(reference, for: call.principal).id)
        }
        api.get("/events/{event}") { call in
            let id: EventID = try call.id("event", orThrow: .unknown(.eventNotFound))
            let event = try await events.event(id, for: call.principal)
            guard event.forgotten == nil else { return EventResource(event) }
            let body = try await events.body(of: event, by: call.caller)
            return EventResource(event, body: String(decoding: body, as: UTF8.self))
        }
        api.post("/events/{event}/replay") { text, call in
            guard let event = EventID(text) else { throw Problem.unknown(.eventNotFound) }
            return try await sent(event, call)
        } _: { call in
            let endpoint = try EventReplayPayload.read(call.body).endpointID()
            let event: EventID = try call.id("event", orThrow: .unknown(.eventNotFound))
            return DeliveriesResource(
                try await deliveries.replay(
                    try await events.event(event, for: call.principal), to: endpoint, by: call.caller))
        }
        api.get("/deliveries") { call in
            let page = try call.page()
            let found = try await deliveries.list(try filter(call), page: page, for: call.principal)
            return ListResource(found, page: page, id: \.id.description) { DeliveryResource($0) }
        }
        api.get("/deliveries/{delivery}") { call in
            try await shown(try await deliveries.delivery(try id(call), for: call.principal), call)
        }
        api.post("/deliveries/{delivery}/retry", repeated: again) { call in
            DeliveryResource(try await deliveries.retry(try id(call), by: call.caller))
        }
        api.post("/deliveries/{delivery}/cancel", repeated: again) { call in
            DeliveryResource(try await deliveries.cancel(try id(call), by: call.caller))
        }
    }

    private func list(_ call: APICall, seller: SellerID?) async throws -> any Encodable {
        let page = try call.page()
        var filter = EventFilter(seller: seller, type: call.query("type"))
        filter.state = try call.query("state").map { try word($0, "state") }
        let found = try await events.list(filter, page: page, for: call.principal)
        return ListResource(found, page: page, id: \.id.description) { EventResource($0) }
    }

    private func filter(_ call: APICall) throws -> DeliveryFilter {
        var filter = DeliveryFilter(seller: try seller(call.query("seller")))
        filter.endpoint = try call.query("endpoint").map { try shaped($0, "endpoint", "an endpoint's id") }
        filter.event = try call.query("event").map { try shaped($0, "event", "an event's id") }
        filter.state = try call.query("state").map { try word($0, "state") }
        if let text = call.query("since") {
            guard let since = Timestamp(rfc3339: text) else {
                throw Problem.invalid("since", "Give a time in UTC as of RFC 3339.")
            }
            filter.since = since
        }
        return filter
    }

    private func seller(_ text: String?) throws(Problem) -> SellerID? {
        guard let text else { return nil }
        return try shaped(text, "seller", "a seller's id")
    }

    private func shown(_ delivery: Delivery, _ call: APICall) async throws -> any Encodable {
        let attempts = try await deliveries.attempts(of: delivery, by: call.caller)
        return DeliveryResource(
            delivery, attempts: attempts.map { AttemptResource($0.attempt, excerpt: $0.excerpt) })
    }

    private func sent(_ event: EventID, _ call: APICall) async throws -> any Encodable {
        DeliveriesResource(
            try await deliveries.sent(
                event, to: try EventReplayPayload.read(call.body).endpointID(), for: call.principal))
    }

    @Sendable private func again(_ text: String, _ call: APICall) async throws -> any Encodable {
        guard let id = DeliveryID(text) else { throw Problem.unknown(.deliveryNotFound) }
        return DeliveryResource(try await deliveries.delivery(id, for: call.principal))
    }

    private func id(_ call: APICall) throws(Problem) -> DeliveryID {
        try call.id("delivery", orThrow: .unknown(.deliveryNotFound))
    }
}

/// Where an event is sent again.
struct EventReplayPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable { case endpoint }
    typealias Fields = CodingKeys
    let endpoint: String?

    func endpointID() throws(Problem) -> EndpointID? {
        guard let endpoint else { return nil }
        return try shaped(endpoint, "endpoint", "an endpoint's id")
    }
}

/// The deliveries of an event that is sent again.
struct DeliveriesResource: Encodable {
    let data: [DeliveryResource]

    init(_ deliveries: [Delivery]) {
        data = deliveries.map { DeliveryResource($0) }
    }
}

/// An event as the API shows it; the body as it is sent, where it was asked for alone.
struct EventResource: Encodable {
    let id, type, state, proof, resource, createdAt: String
    let seller, connection, topic, action, notification, body, bodyForgottenAt, bodySHA256: String?
    let sequence: Int64
    let bodySize: Int?
    let liveMode: Bool

    init(_ event: Event, body: String? = nil) {
        id = event.id.description
        type = event.type
        state = event.state.rawValue
        proof = event.proof.rawValue
        resource = event.resource
        createdAt = event.createdAt.description
        seller = event.seller?.description
        connection = event.connection?.description
        topic = event.topic
        action = event.action
        notification = event.notification?.description
        self.body = body
        bodyForgottenAt = event.forgotten?.at.description
        bodySHA256 = event.forgotten?.sha256.map { hexadecimal($0) }
        bodySize = event.forgotten?.size
        sequence = event.sequence
        liveMode = event.liveMode
    }
}

/// A delivery as the API shows it.
struct DeliveryResource: Encodable {
    let id, event, eventType, endpoint, state, createdAt: String
    let seller, lastFailure, dueAt, closedAt, exhaustedReason: String?
    let attemptCount, resourceSequence: Int
    let waitsForEarlier, awaitsProof, overtook: Bool
    let lastStatus: Int?
    let attempts: [AttemptResource]?

    init(_ delivery: Delivery, attempts: [AttemptResource]? = nil) {
        id = delivery.id.description
        event = delivery.event.description
        eventType = delivery.eventType
        endpoint = delivery.endpoint.description
        state = delivery.isHeld ? "held" : delivery.state.rawValue
        createdAt = delivery.createdAt.description
        seller = delivery.seller?.description
        lastFailure = delivery.lastFailure?.rawValue
        dueAt = delivery.dueAt?.description
        closedAt = delivery.closedAt?.description
        attemptCount = delivery.attempts
        resourceSequence = delivery.place
        waitsForEarlier = delivery.isBlocked
        awaitsProof = delivery.awaitsProof
        overtook = delivery.hasOvertaken
        exhaustedReason = delivery.reason?.rawValue
        lastStatus = delivery.lastStatus
        self.attempts = attempts
    }
}

/// An attempt as the API shows it; never the address.
struct AttemptResource: Encodable {
    let number: Int
    let startedAt: String
    let endedAt, failure, excerpt: String?
    let status: Int?
    let isLate: Bool

    init(_ attempt: Attempt, excerpt: String?) {
        number = attempt.number
        startedAt = attempt.startedAt.description
        endedAt = attempt.endedAt?.description
        failure = attempt.failure?.rawValue
        self.excerpt = excerpt
        status = attempt.status
        isLate = attempt.isLate
    }
}
