import Foundation
import Gateway

/// The certificate of an erasure as the API shows it.
struct CertificateResource: Encodable {
    let seller, erasedAt, checkpoint: String
    let externalRefHash, finishedAt: String?
    let dataKeys, covers, doesNotCover: [String]

    init(_ certificate: ErasureCertificate) {
        let erasure = certificate.erasure
        seller = erasure.seller.description
        erasedAt = erasure.erasedAt.description
        checkpoint = certificate.isComplete ? "complete" : "pending"
        externalRefHash = erasure.refHash.map { hexadecimal($0) }
        finishedAt = erasure.finishedAt?.description
        dataKeys = erasure.dataKeys.map(\.description)
        covers = certificate.covers
        doesNotCover = certificate.doesNotCover
    }
}

/// One line of an export: what kind of record it is, and the record.
struct ExportLine: Encodable {
    private let record: String
    private let value: any Encodable & Sendable

    private enum CodingKeys: CodingKey { case record, value }

    init(_ record: ExportRecord, at moment: Timestamp) {
        switch record {
        case .seller(let seller): self.init("seller", SellerResource(seller))
        case .connection(let connection): self.init("connection", ConnectionResource(connection))
        case .link(let link): self.init("link", LinkResource(link, at: moment))
        case .endpoint(let endpoint): self.init("endpoint", EndpointResource(endpoint))
        case .removedEndpoint(let endpoint): self.init("removed_endpoint", EndpointResource(endpoint))
        case .key(let key): self.init("key", KeyResource(key))
        case .event(let event, let body, let received):
            self.init("event", ExportedEvent(event, body: body, received: received))
        case .delivery(let delivery, let attempts):
            self.init(
                "delivery",
                DeliveryResource(delivery, attempts: attempts.map { AttemptResource($0.attempt, excerpt: $0.excerpt) }))
        case .audit(let entry): self.init("audit", AuditEntryResource(entry))
        case .call(let call): self.init("call", CallResource(call))
        }
    }

    /// The last line: how many there were before it.
    init(count: Int) {
        self.init("end", ["records": count])
    }

    private init(_ record: String, _ value: any Encodable & Sendable) {
        self.record = record
        self.value = value
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(record, forKey: .record)
        try value.encode(to: container.superEncoder(forKey: .value))
    }
}

/// An event with what came from the provider.
private struct ExportedEvent: Encodable {
    struct Received: Encodable {
        let query: String
        let headers: [String]
        let body, bodyBase64: String?
    }
    let event: EventResource
    let received: Received?

    init(_ event: Event, body: [UInt8]?, received: ArrivedNotification?) {
        self.event = EventResource(event, body: body.map { String(decoding: $0, as: UTF8.self) })
        self.received = received.map { received in
            // Whatever came, text or not, is shown without a byte changed.
            let text = String(validating: received.body, as: UTF8.self)
            return Received(
                query: received.query, headers: received.headers, body: text,
                bodyBase64: text == nil ? Data(received.body).base64EncodedString() : nil)
        }
    }

    private enum CodingKeys: CodingKey { case received }

    func encode(to encoder: any Encoder) throws {
        try event.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(received, forKey: .received)
    }
}
