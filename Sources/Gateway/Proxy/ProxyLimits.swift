/// How much the proxy lets through: rates a second, and calls at one time.
public struct ProxyLimits: Hashable, Sendable {
    /// The highest rate and the largest burst.
    public static let highest = 1_000_000

    /// A rate with what may come at once.
    public struct Rate: Hashable, Sendable {
        /// Nanoseconds from one token to the next.
        let interval: Int64
        /// Nanoseconds in which an empty bucket is full again.
        let capacity: Int64

        /// Takes calls a second and calls at once, each 1 to ``ProxyLimits/highest``; what lies beyond is cut.
        public init(perSecond: Int, burst: Int) {
            interval = 1_000_000_000 / Int64(min(max(perSecond, 1), ProxyLimits.highest))
            capacity = interval * Int64(min(max(burst, 1), ProxyLimits.highest))
        }
    }

    /// Of one seller.
    public let seller: Rate
    /// Of all sellers of one application.
    public let application: Rate
    /// Calls of one seller at one time (SEC C4.12).
    public let sellerConcurrency: Int

    /// Takes the limits; at least one call at a time is let through.
    public init(seller: Rate, application: Rate, sellerConcurrency: Int) {
        self.seller = seller
        self.application = application
        self.sellerConcurrency = max(1, sellerConcurrency)
    }

    /// A large shop's fifty tills each asking once a second; ten such shops, or a thousand small ones, an application.
    public static let standard = ProxyLimits(
        seller: Rate(perSecond: 50, burst: 100), application: Rate(perSecond: 500, burst: 1000), sellerConcurrency: 8)
}
