import Mustache

/// Escapes text for element content and quoted attributes, scalar by scalar.
///
/// The library's own type goes by `Character`: a `<` or `"` that a combining mark follows, or that a prepended mark
/// such as U+0D4E precedes, is another character there and passes as it is.
struct PageEscaping: MustacheContentType {
    /// The name under which the templates ask for it.
    static let name = "PAGE"

    func escapeText(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
