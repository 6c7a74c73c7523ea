/// One thing to enter or to switch on in the provider's panel.
public struct PanelEntry: Hashable, Sendable {
    /// Which.
    public enum Field: String, Sendable, CaseIterable {
        case redirectURL = "redirect_url"
        case webhookURL = "webhook_url"
        case webhookTopics = "webhook_topics"
        case pkce, flows, permissions
    }

    /// Which.
    public let field: Field
    /// What it has to be, character by character.
    public let value: String
    /// Why.
    public let about: String

    static func all(of application: Application, _ applications: Applications, topics: [String]) -> [PanelEntry] {
        [
            PanelEntry(
                field: .redirectURL, value: applications.redirectURI(of: application.id),
                about: "Where shop owners come back to; a slash more or less makes it another one."),
            PanelEntry(
                field: .webhookURL, value: applications.webhookURL(of: application.id),
                about: "For mode \(application.mode.rawValue). The panel may show the host alone: keep the whole URL."),
            PanelEntry(
                field: .webhookTopics, value: topics.joined(separator: ", "),
                about: "What the webhook tells of; a topic that is not ticked is never heard of."),
            PanelEntry(
                field: .pkce, value: application.pkce == .required ? "on" : "off",
                about: "As this application is registered here."),
            PanelEntry(
                field: .flows, value: "authorization_code, client_credentials",
                about: "The first links shops, the second proves the application itself."),
            PanelEntry(
                field: .permissions, value: "read, write, offline_access",
                about: "Without offline_access a shop's link ends for good after 180 days."),
        ]
    }
}
