import Gateway
import UpstreamMercadoPago

/// The provider's own tables, so that what is measured is as long as it is in service.
enum ProviderTables {
    static let routes = MercadoPagoRoutes.table
    static let headers = MercadoPagoHeaders.policy
    /// How notifications are signed.
    static let forwarding: any NotificationForwarder = MercadoPagoForwarding()

    /// The provider as the ports that the token refresher asks; nothing here makes it ask.
    static func provider() throws -> any UpstreamOAuth & UpstreamAccounts & Stoppable {
        try MercadoPago(
            configuration: MercadoPagoConfiguration(
                apiURL: "https://127.0.0.1:1", authorizationURL: nil, caFile: nil))
    }
}

/// What holds connections until it is told to let go.
protocol Stoppable: Sendable {
    /// Lets go.
    func shutdown() async throws
}

extension MercadoPago: Stoppable {}
