/// A shop owner who opens an onboarding link and allows it, page by page as a browser shows them.
struct ShopOwner: Sendable {
    /// The name to log in with at the provider.
    let nickname: String
    /// The language of the shop owner's browser.
    var language = "es"

    /// What the shop owner decides on the provider's page.
    enum Decision: String {
        case approve, deny
    }

    /// Opens the link, starts, logs in, decides, and comes back to the last page.
    func follow(_ link: String, _ decision: Decision = .approve) async throws -> WebPage {
        try await WebBrowser.withBrowser(language: language) { browser in
            try await follow(link, decision, with: browser)
        }
    }

    /// The same in a browser that goes on living.
    func follow(_ link: String, _ decision: Decision = .approve, with browser: WebBrowser) async throws -> WebPage {
        let login = try await start(link, with: browser)
        return try await allow(login, decision, with: browser)
    }

    /// Opens the link and presses its button; ends on the provider's login page.
    func start(_ link: String, with browser: WebBrowser) async throws -> WebPage {
        let invitation = try await browser.open(link)
        guard invitation.status == 200, let form = invitation.forms.first(where: { $0.method == "post" }) else {
            throw UnexpectedPage(invitation, "an invitation with a button")
        }
        let onward = try await browser.submit(form, on: invitation)
        guard let next = onward.refresh else { throw UnexpectedPage(onward, "a page that goes on to the provider") }
        return try await browser.open(next)
    }

    /// Logs in and decides; ends on the gateway's last page.
    func allow(_ login: WebPage, _ decision: Decision, with browser: WebBrowser) async throws -> WebPage {
        guard let form = login.forms.first else { throw UnexpectedPage(login, "the provider's login") }
        let consent = try await browser.submit(form, on: login, ["nickname": nickname])
        guard let form = consent.forms.first, let button = form.buttons.first(where: { $0.value == decision.rawValue })
        else { throw UnexpectedPage(consent, "the provider's question") }
        return try await browser.submit(form, on: consent, [button.name: button.value])
    }
}

/// A page was not the one that was expected.
struct UnexpectedPage: Error, CustomStringConvertible {
    let description: String

    init(_ page: WebPage, _ expected: String) {
        // The path alone: a query may hold a code.
        let path = page.url.prefix { $0 != "?" }
        description = "Expected \(expected), but \(path) answered \(page.status)."
    }
}
