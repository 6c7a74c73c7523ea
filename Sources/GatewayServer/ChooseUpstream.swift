import Gateway
import UpstreamMercadoPago

/// The provider, as the ports that the core asks; the only file that knows who it is.
struct Upstream: Sendable {
    let oauth: any UpstreamOAuth
    let accounts: any UpstreamAccounts
    let webhooks: any UpstreamWebhooks
    let terminals: any UpstreamTerminals
    let resources: any UpstreamResources
    let reader: any NotificationReader
    let forwarder: any NotificationForwarder
    let time: any UpstreamClock
    /// What the panel's webhook is to tell of.
    let topics: [String]
    let routes: ProxyRouteTable
    let headers: HeaderPolicy
    /// Whether a refused call was refused for its token.
    let isTokenRefused: @Sendable (_ status: Int, _ body: [UInt8]) -> Bool
    let shutdown: @Sendable () async throws -> Void

    init(_ settings: UpstreamSettings, routes additions: [ProxyRouteAddition]) throws {
        do throws(ProxyRouteAddition.Flaw) { routes = try MercadoPagoRoutes.table.adding(additions) } catch {
            throw SettingsError.invalid(key: "proxy.routes", expected: error.description)
        }
        let provider = try MercadoPago(
            configuration: MercadoPagoConfiguration(
                apiURL: settings.apiURL, authorizationURL: settings.authorizationURL, caFile: settings.caFile))
        oauth = provider
        accounts = provider
        webhooks = provider
        terminals = provider
        resources = provider
        time = provider
        topics = MercadoPagoPanel.topics
        reader = MercadoPagoNotifications()
        forwarder = MercadoPagoForwarding()
        headers = MercadoPagoHeaders.policy
        isTokenRefused = MercadoPagoRefusals.isTokenRefused
        shutdown = { try await provider.shutdown() }
    }
}
