import Gateway

/// Chooses the language of a page: asked for, else the link's, else the browser's, else Spanish.
struct PageLanguage {
    /// What `?lang=` says.
    let asked: PageLocale?
    /// The language that this browser started in.
    let started: PageLocale?
    /// What the browser would rather read.
    let accepted: PageLocale?

    /// Takes the query's word, the cookie's and the header's.
    init(asked: (some StringProtocol)?, started: PageLocale?, acceptLanguage: String?) {
        self.asked = asked.flatMap { PageLocale(rawValue: String($0)) }
        self.started = started
        accepted = acceptLanguage.flatMap { Self.preferred($0) }
    }

    /// The language of a page that invites: the link's wish comes before whatever was started earlier.
    func inviting(_ link: OnboardingLink?) -> PageLocale {
        asked ?? link?.locale ?? accepted ?? .es
    }

    /// The language of a page that goes on with what this browser started.
    func continuing(_ link: OnboardingLink?) -> PageLocale {
        asked ?? started ?? link?.locale ?? accepted ?? .es
    }

    /// The first of the most wanted languages that there are pages in (RFC 9110 §12.5.4).
    private static func preferred(_ header: String) -> PageLocale? {
        var best: (locale: PageLocale, weight: Double)?
        for range in header.prefix(500).split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard let tag = parts.first, let primary = tag.split(separator: "-").first,
                let locale = PageLocale(rawValue: String(primary))
            else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
            let weight = quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best?.weight ?? 0 { best = (locale, weight) }
        }
        return best?.locale
    }
}
