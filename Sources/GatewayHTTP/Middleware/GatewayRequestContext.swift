import Gateway
import Hummingbird
import NIOCore

/// What every request has: an id of its own, shown to its caller and written to the log.
struct GatewayRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The request's id: `req_…`; never taken from outside.
    let requestID: String
    /// The key that was presented, once it was found good.
    var principal: Principal?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = "req_\(ULID(at: WallClock.system.now, random: .system))"
    }
}

/// A request whose key was found good; it can't be made without one.
struct AuthenticatedContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    /// The request's id.
    let requestID: String
    /// The key that was presented.
    let principal: Principal

    init(context: GatewayRequestContext) throws {
        guard let principal = context.principal else { throw Authentication.missing }
        coreContext = context.coreContext
        requestID = context.requestID
        self.principal = principal
    }
}
