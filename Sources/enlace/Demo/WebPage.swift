import Foundation

/// A page that was loaded, with what can be done on it.
struct WebPage: Sendable {
    /// Where it is.
    let url: String
    /// The answer's status.
    let status: Int
    /// The answer's body.
    let html: String

    /// The forms, in the order of the page.
    var forms: [WebForm] {
        html.components(separatedBy: "<form").dropFirst().map { part in
            let inner = part.components(separatedBy: "</form>").first ?? part
            return WebForm("<form" + inner)
        }
    }

    /// Where the page sends the browser by itself.
    var refresh: String? {
        let tags = Self.tags("meta", in: html).map(Self.attributes)
        let content = tags.first { $0["http-equiv"]?.lowercased() == "refresh" }?["content"]
        return content.flatMap { text in
            text.range(of: "url=", options: .caseInsensitive).map { String(text[$0.upperBound...]) }
        }
    }

    /// The language that the page says it is in.
    var language: String? { Self.tags("html", in: html).first.map(Self.attributes)?["lang"] }

    /// Whether the page shows this text, entities resolved.
    func shows(_ text: String) -> Bool { Self.plain(html).contains(text) }

    /// An address on the page as the browser would open it.
    func absolute(_ address: String) -> String {
        URL(string: address, relativeTo: URL(string: url))?.absoluteString ?? address
    }

    /// The host of an address.
    static func host(of url: String) -> String { URL(string: url)?.host() ?? "" }

    static func tags(_ name: String, in html: String) -> [String] {
        html.components(separatedBy: "<\(name)").dropFirst().compactMap { part in
            guard let next = part.first, next.isWhitespace || next == ">" else { return nil }
            return part.prefix { $0 != ">" }.description
        }
    }

    static func attributes(_ tag: String) -> [String: String] {
        tag.matches(of: /([a-zA-Z-]+)\s*=\s*"([^"]*)"/).reduce(into: [:]) { found, match in
            found[match.1.lowercased()] = plain(String(match.2))
        }
    }

    private static func plain(_ html: String) -> String {
        let entities = [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&"),
        ]
        return entities.reduce(html) { $0.replacing($1.0, with: $1.1) }
    }
}

/// A form of a page.
struct WebForm: Sendable {
    /// Where it goes.
    let action: String
    /// `get` or `post`.
    let method: String
    /// Its inputs, selected options included.
    let fields: [String: String]
    /// Its buttons that have a name, by their values.
    let buttons: [(name: String, value: String)]

    init(_ html: String) {
        let form = WebPage.tags("form", in: html).first.map(WebPage.attributes) ?? [:]
        action = form["action"] ?? ""
        method = form["method"]?.lowercased() ?? "get"
        fields = WebPage.tags("input", in: html).map(WebPage.attributes).reduce(into: [:]) { fields, input in
            if let name = input["name"] { fields[name] = input["value"] ?? "" }
        }
        buttons = WebPage.tags("button", in: html).map(WebPage.attributes).compactMap { button in
            button["name"].map { ($0, button["value"] ?? "") }
        }
    }
}
