import Foundation

/// The body that receivers get: JSON, made once and stored, so that every attempt sends the same bytes.
struct EventBody: Sendable {
    private struct Wire: Codable {
        struct SellerPart: Codable {
            let id: String
            let externalRef: String?
            enum CodingKeys: String, CodingKey {
                case id
                case externalRef = "external_ref"
            }
        }
        struct UpstreamPart: Codable {
            let topic: String?
            let action: String?
            let notificationID: String?
            var proof: String
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
        var upstream: UpstreamPart
        /// Written apart where the provider's own bytes stand in it.
        var data: [String: String]?
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
        return Self.encoded(wire) ?? []
    }

    /// The same body with what the provider said of it under `data`: its bytes, not what we would write in their place.
    ///
    /// `nil` for what is no body, or no JSON object.
    static func expanded(_ body: [UInt8], by resource: Evidence.Resource) -> [UInt8]? {
        guard var wire = try? JSONDecoder().decode(Wire.self, from: Data(body)) else { return nil }
        wire.upstream.proof = Proof.fetched.rawValue
        wire.data = nil
        guard var data = encoded(resource.ids), var expanded = encoded(wire) else { return nil }
        for part in resource.parts {
            guard (try? JSONSerialization.jsonObject(with: Data(part.json))) is [String: Any] else { return nil }
            data.removeLast()
            data += Array((data.count > 1 ? "," : "").utf8) + Array("\"\(part.name)\":".utf8) + part.json
            data.append(UInt8(ascii: "}"))
        }
        expanded.removeLast()
        expanded += Array(",\"data\":".utf8) + data
        expanded.append(UInt8(ascii: "}"))
        return expanded
    }

    // Strings, a number and Booleans: JSONEncoder has nothing to refuse here.
    private static func encoded(_ value: some Encodable) -> [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try? Array(encoder.encode(value))
    }
}
