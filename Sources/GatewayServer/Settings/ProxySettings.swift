import Configuration
public import Gateway

/// How much goes through the proxy, and what.
///
/// - Configuration keys:
///   - `proxy.seller_rate` (int, default: 50, range: 1...1000000): calls a second of one seller.
///   - `proxy.seller_burst` (int, default: 100, range: 1...1000000): as many may come at once.
///   - `proxy.application_rate` (int, default: 500, range: 1...1000000): calls a second of an application's sellers.
///   - `proxy.application_burst` (int, default: 1000, range: 1...1000000): as many may come at once.
///   - `proxy.seller_concurrency` (int, default: 8, range: 1...100000): calls of one seller at one time.
///   - `proxy.routes` (string array, default: none): what is let through beyond the allow-list, each
///     `<application id or client id> METHOD /pattern`.
public struct ProxySettings: Sendable {
    static let keys = [
        SettingKey("proxy.seller_rate", "50", "calls a second, 1...1000000"),
        SettingKey("proxy.seller_burst", "100", "calls, 1...1000000"),
        SettingKey("proxy.application_rate", "500", "calls a second, 1...1000000"),
        SettingKey("proxy.application_burst", "1000", "calls, 1...1000000"),
        SettingKey("proxy.seller_concurrency", "8", "calls, 1...100000"),
        SettingKey("proxy.routes", "[]", "<application id or client id> METHOD /pattern each"),
    ]

    /// The rates, and calls at one time.
    public let limits: ProxyLimits
    /// What is let through for single applications beyond the allow-list.
    public let routes: [ProxyRouteAddition]

    init(_ config: ConfigReader) throws(SettingsError) {
        let range = 1...ProxyLimits.highest
        limits = ProxyLimits(
            seller: ProxyLimits.Rate(
                perSecond: try config.number("proxy.seller_rate", default: 50, in: range),
                burst: try config.number("proxy.seller_burst", default: 100, in: range)),
            application: ProxyLimits.Rate(
                perSecond: try config.number("proxy.application_rate", default: 500, in: range),
                burst: try config.number("proxy.application_burst", default: 1000, in: range)),
            sellerConcurrency: try config.number("proxy.seller_concurrency", default: 8, in: 1...100_000))
        let form = ProxyRouteAddition.Flaw.form.description
        var routes: [ProxyRouteAddition] = []
        for text in try config.texts("proxy.routes", default: [], expected: form) {
            do throws(ProxyRouteAddition.Flaw) { routes.append(try ProxyRouteAddition(text)) } catch {
                throw .invalid(key: "proxy.routes", expected: error.description)
            }
        }
        self.routes = routes
    }
}
