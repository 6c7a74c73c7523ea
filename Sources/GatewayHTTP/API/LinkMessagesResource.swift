import Gateway
import QRCode

/// In which form a new link's URL is answered as a QR code.
enum QRForm: String, CaseIterable {
    case svg
}

/// The messages of a new link in one language, ready to be sent; each holds the URL, and is a secret as it is.
struct LinkMessagesResource: Encodable {
    /// A text, with the address that opens the chat program on it.
    struct Chat: Encodable {
        let text, url: String
    }
    /// A text with its subject.
    struct Mail: Encodable {
        let subject, text: String
    }
    /// A text alone.
    struct Plain: Encodable {
        let text: String
    }

    let whatsapp: Chat
    let email: Mail
    let sms: Plain

    /// All languages by their names in the API.
    static func all(_ made: MadeLink) -> [String: LinkMessagesResource] {
        Dictionary(
            uniqueKeysWithValues: PageLocale.allCases.map { ($0.rawValue, LinkMessagesResource(made, $0)) })
    }

    private init(_ made: MadeLink, _ locale: PageLocale) {
        let copy = locale.copy
        let texts = copy.linkMessages(
            made.application.brand, shop: made.seller.name, url: made.url.reveal { $0 },
            moment: copy.moment(LocalMoment(made.link.expiresAt, in: made.application.site)))
        whatsapp = Chat(text: texts.whatsapp, url: "https://wa.me/?text=\(percentEncoded(texts.whatsapp))")
        email = Mail(subject: texts.subject, text: texts.email)
        sms = Plain(text: texts.sms)
    }
}

extension LinkResource {
    /// A link that was just made, with what is shown this once: its URL, the messages, and the QR code if it was asked
    /// for.
    init(_ made: MadeLink, at moment: Timestamp, qr: QRForm?) {
        self.init(made.link, at: moment)
        url = made.url.reveal { $0 }
        messages = LinkMessagesResource.all(made)
        if qr == .svg { qrSVG = made.url.reveal { QRCode($0)?.svg() } }
    }
}

/// A text as the value of a query's parameter: everything but the unreserved characters is escaped (RFC 3986 §2.3).
private func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let encoded = text.utf8.flatMap { byte -> [UInt8] in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            [byte]
        default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: encoded, as: UTF8.self)
}
