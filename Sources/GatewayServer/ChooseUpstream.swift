import Gateway
import UpstreamMercadoPago

/// The provider, as the ports that the core asks; the only file that knows who it is.
struct Upstream: Sendable {
    let oauth: any UpstreamOAuth
    let accounts: any UpstreamAccounts
    let webhooks: any UpstreamWebhooks
    let reader: any NotificationReader
    let time: any UpstreamClock
    /// What the panel's webhook is to tell of.
    let topics: [String]
    let routes: ProxyRouteTable
    let headers: HeaderPolicy
    let shutdown: @Sendable () async throws -> Void

    init(_ settings: UpstreamSettings) throws {
        let provider = try MercadoPago(
            configuration: MercadoPagoConfiguration(
                apiURL: settings.apiURL, authorizationURL: settings.authorizationURL, caFile: settings.caFile))
        oauth = provider
        accounts = provider
        webhooks = provider
        time = provider
        topics = MercadoPagoPanel.topics
        reader = MercadoPagoNotifications()
        routes = MercadoPagoRoutes.table
        headers = MercadoPagoHeaders.policy
        shutdown = { try await provider.shutdown() }
    }
}
