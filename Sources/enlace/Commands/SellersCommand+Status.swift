import ArgumentParser
import Foundation
import Gateway
import QRCode

extension View {
    /// The addresses of status pages.
    static let statusLink = View(["seller", "expires_at"], secret: Column("url", "URL"))
}

extension SellersCommand {
    /// `enlace sellers status-link`.
    struct StatusLink: APICommand {
        static let configuration = CommandConfiguration(
            "status-link", "Make the address of the page where a shop's owner sees what is linked; it is shown once.",
            about: """
                Send the URL to the shop's owner only: whoever opens it can unlink the shop. It works for a day unless
                told otherwise, and can't be taken back meanwhile.
                """,
            examples: "enlace sellers status-link ref:shop-12 --locale es --qr")
        static let view = View.statusLink

        @Argument(help: .seller) var seller: SellerReference
        @Option(help: "The page's language (default: the browser's).") var locale: PageLocale?
        @Option(help: "For how many seconds it works, 300 to 604800 (default: 86400).") var expiresIn: Int?
        @Flag(help: "Also print the URL as a QR code; with --json as an SVG document.") var qr = false
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                "/v1/sellers/\(seller)/status-links",
                body: .members([
                    "locale": .of(locale), "expires_in_seconds": .of(expiresIn),
                    "qr": client.json && qr ? "svg" : nil,
                ]))
        }

        func appendix(to answer: JSONValue) -> String? {
            guard qr, let code = answer["url"]?.string.flatMap({ QRCode($0) }) else { return nil }
            return code.terminalText(colored: isatty(STDOUT_FILENO) == 1)
        }
    }
}
