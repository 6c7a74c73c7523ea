public import ArgumentParser
public import Gateway

// The core's own types read the arguments, so that what can't be right is refused before anything is sent.

extension Identifier: ExpressibleByArgument {}
extension SellerReference: ExpressibleByArgument {}
extension ExternalRef: ExpressibleByArgument {}
extension TerminalID: ExpressibleByArgument {}
extension SiteID: ExpressibleByArgument {}
extension Endpoint.Format: ExpressibleByArgument {}
extension Endpoint.Ordering: ExpressibleByArgument {}
extension Mode: ExpressibleByArgument {}
extension Scope: ExpressibleByArgument {}
extension Seller.State: ExpressibleByArgument {}
extension Application.PKCEUse: ExpressibleByArgument {}
extension Application.Confirming: ExpressibleByArgument {}
extension ApplicationSecret.Kind: ExpressibleByArgument {}
extension PageLocale: ExpressibleByArgument {}
extension Event.State: ExpressibleByArgument {}
extension Delivery.State: ExpressibleByArgument {}
extension AuditAction: ExpressibleByArgument {}
extension Actor: ExpressibleByArgument {}

extension Timestamp: ExpressibleByArgument {
    /// Reads a time in UTC as of RFC 3339.
    public init?(argument: String) {
        self.init(rfc3339: argument)
    }
}

extension UpstreamUserID: ExpressibleByArgument {
    /// Reads decimal digits.
    public init?(argument: String) {
        self.init(argument)
    }
}

extension ArgumentHelp {
    static var seller: ArgumentHelp { "The seller: sel_…, or ref: and your own id for it." }
    static var application: ArgumentHelp { "The application: app_…." }
    static var connection: ArgumentHelp { "The connection: con_…." }
    static var endpoint: ArgumentHelp { "The endpoint: ep_…." }
    static var event: ArgumentHelp { "The event: evt_…." }
    static var delivery: ArgumentHelp { "The delivery: dlv_…." }
    static var job: ArgumentHelp { "The job: job_…." }
    static var key: ArgumentHelp { "The key: key_…." }
    static var link: ArgumentHelp { "The onboarding link: lnk_…." }
}
