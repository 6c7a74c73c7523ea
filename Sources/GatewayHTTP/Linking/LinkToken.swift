import Gateway

/// The random part of an onboarding link's path: 32 bytes in Base64url.
///
/// Whoever has it can start the linking, so it stands only in pages and cookies of the browser that brought it, and is
/// never logged.
struct LinkToken: CustomStringConvertible {
    /// The 43 characters; they need no escape in a path, a cookie or an attribute.
    let text: String

    /// Accepts what ``OnboardingLinks`` could have made; anything else gives `nil`.
    init?(_ text: some StringProtocol) {
        guard bytes(base64URL: text)?.count == 32 else { return nil }
        self.text = String(text)
    }

    /// The path of the link's first page.
    var path: String { "/link/\(text)" }
    /// The path of the page that shows what an attempt came to.
    var donePath: String { path + "/done" }
    /// Where the form that takes the linking back goes.
    var undoPath: String { path + "/undo" }

    /// Where the form that asks for a new link goes.
    var askPath: String { path + "/ask" }

    /// The same constant for every token.
    var description: String { "‹link token›" }
}

extension LinkToken: Equatable {}
