import ArgumentParser
import Foundation
import Gateway

/// What `enlace init` has to know of the first application: flags first, questions at a terminal for the rest.
struct ApplicationAnswers: ParsableArguments {
    @Option(help: "Your own name for the application.") var name: String?
    @Option(help: "The point-of-sale software's name, as shop owners know it.") var brand: String?
    @Option(help: "Country whose shops it links: MLA, MLB, MLM, …") var site: String?
    @Option(help: "live or test.") var mode: String?
    @Option(name: .customLong("client-id"), help: "The application's number in the panel.") var clientID: String?
    @Option(help: "required or off: whether PKCE is switched on in the panel.") var pkce = "required"
    @Option(help: "Whom a shop owner can ask: e-mail address, telephone number or URL.") var supportContact: String?

    @Option(help: "File with the client secret, mode 0600.") var clientSecretFile: String?
    @Option(help: "File with the webhook secret, mode 0600; it can be added later.") var webhookSecretFile: String?

    /// The application to be created; in a sandbox it is the sandbox's own.
    func newApplication(_ panel: SandboxPanel?) async throws -> NewApplication {
        let seeded = try await panel?.application()
        let site = try answer(self.site ?? seeded?.site, "--site", "Country of the shops (MLA, MLB, MLM, …)")
        let mode = try answer(self.mode ?? (seeded == nil ? nil : "live"), "--mode", "live or test")
        guard let siteID = SiteID(site) else {
            throw ValidationError("--site takes three capital letters such as MLA.")
        }
        guard let applicationMode = Mode(rawValue: mode) else { throw ValidationError("--mode takes live or test.") }
        guard let use = Application.PKCEUse(rawValue: pkce) else {
            throw ValidationError("--pkce takes required or off.")
        }
        return NewApplication(
            name: try answer(name ?? seeded?.name, "--name", "Your own name for the application"),
            brand: try answer(brand ?? seeded?.name, "--brand", "The software's name, as shop owners know it"),
            supportContact: supportContact, site: siteID, mode: applicationMode,
            clientID: try answer(clientID ?? seeded?.clientID, "--client-id", "The application's number (client_id)"),
            clientSecret: try seeded?.clientSecret ?? clientSecret(),
            webhookSecret: try seeded?.webhookSecret ?? webhookSecret(),
            pkce: use)
    }

    private func answer(_ given: String?, _ flag: String, _ question: String) throws -> String {
        if let given { return given }
        guard let typed = Prompt.line(question) else { throw SetupError.missing(flag: flag) }
        return typed
    }

    private func clientSecret() throws -> Secret<String> {
        let input = SecretInput(
            name: "client secret", environment: "ENLACE_CLIENT_SECRET", option: "client-secret-file")
        return try input.required(file: clientSecretFile)
    }

    private func webhookSecret() throws -> Secret<String>? {
        let input = SecretInput(
            name: "webhook secret", environment: "ENLACE_WEBHOOK_SECRET", option: "webhook-secret-file")
        return try input.given(file: webhookSecretFile)
    }
}
