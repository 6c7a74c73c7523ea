import AsyncHTTPClient
import Hummingbird

/// The routes of the three listeners, each list on one page.
struct SandboxRouters: Sendable {
    let simulator: Simulator
    let client: HTTPClient

    /// `api.mercadopago.com`: logged, and struck by faults.
    var api: Router<SandboxContext> {
        let router = Router(context: SandboxContext.self)
        router.add(middleware: APIObserver(simulator: simulator))
        TokenRoutes(simulator: simulator).add(to: router)
        IntegratorRoutes(simulator: simulator, client: client).add(to: router)
        PointRoutes(simulator: simulator).add(to: router)
        PaymentRoutes(simulator: simulator).add(to: router)
        MerchantOrderRoutes(simulator: simulator).add(to: router)
        OrderRoutes(simulator: simulator).add(to: router)
        TerminalsAPIRoutes(simulator: simulator).add(to: router)
        PlaceRoutes(simulator: simulator).add(to: router)
        PointOfSaleRoutes(simulator: simulator).add(to: router)
        return router
    }

    /// `auth.mercadopago.com`, the terminals and `/_sim`.
    var pages: Router<SandboxContext> {
        let router = Router(context: SandboxContext.self)
        AuthorizationRoutes(simulator: simulator).add(to: router)
        TerminalRoutes(simulator: simulator).add(to: router)
        AdminRoutes(simulator: simulator).add(to: router)
        return router
    }

    /// The login page's own origin.
    var login: Router<SandboxContext> {
        let router = Router(context: SandboxContext.self)
        LoginRoutes(simulator: simulator).add(to: router)
        return router
    }
}
