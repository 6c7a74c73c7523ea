import Foundation

/// The body that receivers get: JSON, made once and stored, so that every attempt sends the same bytes.
struct EventBody: Sendable {
    private struct Wire: Encodable {
        struct SellerPart: Encodable {
            let id: String
            let externalRef: String?
            enum CodingKeys: String, CodingKey {
                case id
                case externalRef = "external_ref"
            }
        }
        struct UpstreamPart: Encodable {
            let topic: String?
            let action: String?
            let notificationID: String?
            let proof: String
            enum CodingKeys: String, CodingKey {
                case topic, action, proof
                case notificationID = "notification_id"
            }
        }
        let id: String
        let type: String
        let createdAt: String
        let seller: SellerPart?
        let liveMode: Bool
        let sequence: Int64
        let upstream: UpstreamPart
        let data: [String: String]
        enum CodingKeys: String, CodingKey {
            case id, type, seller, sequence, upstream, data
            case createdAt = "created_at"
            case liveMode = "live_mode"
        }
    }

    let id: EventID
    let type: String
    let createdAt: Timestamp
    let seller: Seller?
    let liveMode: Bool
    let topic: String?
    let action: String?
    let notificationID: String?
    let proof: Proof
    /// Ids only, unless Enlace itself speaks: nobody vouches for what an upstream body says (DESIGN §9).
    let data: [String: String]

    /// The bytes, keys sorted, slashes plain.
    func bytes(sequence: Int64) -> [UInt8] {
        let wire = Wire(
            id: id.description, type: type, createdAt: createdAt.description,
            seller: seller.map { .init(id: $0.id.description, externalRef: $0.externalRef?.description) },
            liveMode: liveMode, sequence: sequence,
            upstream: .init(topic: topic, action: action, notificationID: notificationID, proof: proof.rawValue),
            data: data)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings, a number and Booleans: JSONEncoder has nothing to refuse here.
        return (try? Array(encoder.encode(wire))) ?? []
    }
}
