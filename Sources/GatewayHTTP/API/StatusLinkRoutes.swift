import Gateway
import HTTPTypes
import Hummingbird
import QRCode

/// What a status page's address is made from.
struct NewStatusLinkPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case locale, qr
        case expiresInSeconds = "expires_in_seconds"
    }
    typealias Fields = CodingKeys
    let locale: String?
    let expiresInSeconds: Int?
    let qr: String?
}

/// A status page's address as the API shows it, once.
struct StatusLinkResource: Encodable {
    let seller: String
    var url, qrSVG, expiresAt: String?
    var secretAlreadyShown: Bool?
}

/// `/v1/sellers/{seller}/status-links`.
struct StatusLinkRoutes: Sendable {
    /// For how long an address works unless told otherwise.
    static let usualLife = 86_400

    let links: StatusLinks
    let sellers: Sellers

    func add(to api: APIRoutes) {
        api.post("/sellers/{seller}/status-links", status: .created) { id, _ in
            StatusLinkResource(seller: id, secretAlreadyShown: true)
        } _: { call in
            try call.principal.require(.sellersAdmin)
            guard let reference = call.context.parameters.get("seller").flatMap({ SellerReference($0) }) else {
                throw Problem.sellerNotFound
            }
            let seller = try await sellers.seller(reference, for: call.principal)
            let new = try NewStatusLinkPayload.read(call.body)
            let locale: PageLocale? = try new.locale.map { try word($0, "locale") }
            let qr: QRForm? = try new.qr.map { try word($0, "qr") }
            let made = try await links.create(
                for: seller, locale: locale, lifetime: .seconds(new.expiresInSeconds ?? Self.usualLife),
                by: call.caller)
            let url = made.url.reveal { $0 }
            return StatusLinkResource(
                seller: seller.id.description, url: url, qrSVG: qr == .svg ? QRCode(url)?.svg() : nil,
                expiresAt: made.expiresAt.description)
        }
    }
}
