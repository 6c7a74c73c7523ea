import ArgumentParser
import Foundation
import Gateway
import QRCode

/// What a message is sent by, as the API names it.
enum MessageChannel: String, CaseIterable, ExpressibleByArgument {
    case whatsapp, email, sms
}

extension View {
    /// Onboarding links.
    static let link = View(
        [
            "id", "seller", "application", "state", "locale", "expected_user_id", "confirm", "opened_at", "created_at",
            "expires_at",
        ],
        secret: Column("url", "URL"), hidden: ["messages"])
}

extension SellersCommand {
    /// `enlace sellers link`.
    struct Link: APICommand {
        static let configuration = CommandConfiguration(
            "link", "Make an onboarding link for a seller; its URL is shown once.",
            about: """
                Send the URL to the shop's owner. It works once, and for seven days unless told otherwise. With --message
                the text to send it with is printed too, for WhatsApp unless --channel says otherwise; with --qr a code
                to hold a phone to. With --json all texts are in the answer.

                A message can be passed on, so the account that was linked has to be confirmed (`enlace sellers confirm`)
                unless its number was expected, the application says otherwise, or the link was made with --no-confirm.
                """,
            examples: "enlace sellers link ref:shop-12 --application app_01JD0000000000000000000000 --locale es",
            "enlace sellers link ref:shop-12 --application app_01JD0000000000000000000000 --message es --qr")
        static let view = View.link

        @Argument(help: .seller) var seller: SellerReference
        @Option(help: "The application to link with: app_….") var application: ApplicationID
        @Option(help: "The pages' language (default: the browser's).") var locale: PageLocale?
        @Option(help: "Where the last page leads; one of the application's return URLs.") var returnURL: String?
        @Option(help: "For how many seconds it works.") var expiresIn: Int?
        @Option(help: "The number of the only account that may be linked.") var expectedUserID: UpstreamUserID?
        @Option(help: "Also print the text to send it with, in this language.") var message: PageLocale?
        @Option(help: "What the text is for (default: whatsapp).") var channel: MessageChannel?
        @Flag(help: "Also print the URL as a QR code; with --json as an SVG document.") var qr = false
        @Flag(inversion: .prefixedNo, help: "Have the account confirmed (default: as the application says).")
        var confirm: Bool?
        @Flag(help: "Let another account take the place of the one that is linked.") var allowAccountChange = false
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func validate() throws {
            guard channel == nil || message != nil else {
                throw ValidationError("--channel needs --message, which says in which language.")
            }
        }

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                "/v1/sellers/\(seller)/links",
                body: .members([
                    "application": .of(application), "locale": .of(locale), "return_url": .of(returnURL),
                    "expires_in_seconds": .of(expiresIn), "expected_user_id": .of(expectedUserID),
                    "qr": client.json && qr ? "svg" : nil,
                    "confirm": confirm.map { .bool($0) },
                    "allow_account_change": allowAccountChange ? .bool(true) : nil,
                ]))
        }

        func appendix(to answer: JSONValue) -> String? {
            let parts = [message.flatMap { text(in: $0, of: answer) }, qr ? code(of: answer) : nil].compactMap { $0 }
            return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
        }

        private func text(in locale: PageLocale, of answer: JSONValue) -> String? {
            let message = answer["messages"]?[locale.rawValue]?[(channel ?? .whatsapp).rawValue]
            guard let text = message?["text"]?.string else { return nil }
            let parts = [message?["subject"]?.string, text, message?["url"]?.string].compactMap { $0 }
            let lines = parts.joined(separator: "\n\n").split(separator: "\n", omittingEmptySubsequences: false)
            return lines.map { String($0).visible }.joined(separator: "\n")
        }

        private func code(of answer: JSONValue) -> String? {
            let code = answer["url"]?.string.flatMap { QRCode($0) }
            return code?.terminalText(colored: isatty(STDOUT_FILENO) == 1)
        }
    }

    /// `enlace sellers links`.
    struct Links: APICommand {
        static let configuration = CommandConfiguration(
            "links", "List a seller's onboarding links.", examples: "enlace sellers links ref:shop-12")
        static let view = View.link

        @OptionGroup var page: PageOptions
        @Argument(help: .seller) var seller: SellerReference
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/sellers/\(seller)/links", query: page.query)
        }
    }

    /// `enlace sellers revoke-link`.
    struct RevokeLink: APICommand {
        static let configuration = CommandConfiguration(
            "revoke-link", "Revoke an onboarding link.",
            examples: "enlace sellers revoke-link lnk_01JD0000000000000000000000")
        static let view = View.link

        @Argument(help: .link) var link: OnboardingLinkID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("/v1/links/\(link)/revoke")
        }
    }
}
