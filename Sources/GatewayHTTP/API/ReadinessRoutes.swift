import Gateway
import HTTPTypes
import Hummingbird

/// `/v1/sellers/{seller}/readiness`, and the one thing on its list that the provider's API lets the gateway do.
struct ReadinessRoutes: Sendable {
    let readiness: ReadinessChecks
    let sellers: Sellers

    func add(to api: APIRoutes) {
        api.get("/sellers/{seller}/readiness") { call in
            let seller = try await seller(call, .read)
            return ReadinessResource(
                try await readiness.report(on: seller, application: try application(call), for: call.principal))
        }
        api.post("/sellers/{seller}/terminals/{terminal}/pdv") { id, call in
            let seller = try await seller(call, .sellersAdmin)
            guard let terminal = TerminalID(id) else { throw Problem.unknown(.terminalNotFound) }
            return TerminalResource(
                try await readiness.terminal(
                    terminal, of: seller, application: try application(call), for: call.principal))
        } _: { call in
            let seller = try await seller(call, .sellersAdmin)
            guard let terminal = call.context.parameters.get("terminal").flatMap({ TerminalID($0) }) else {
                throw Problem.unknown(.terminalNotFound)
            }
            return TerminalResource(
                try await readiness.setPDV(
                    terminal, of: seller, application: try application(call), by: call.caller))
        }
    }

    private func application(_ call: APICall) throws(Problem) -> ApplicationID? {
        guard let text = call.query("application") else { return nil }
        return try shaped(text, "application", "an application's id")
    }

    private func seller(_ call: APICall, _ scope: Scope) async throws(Problem) -> Seller {
        try call.principal.require(scope)
        guard let reference = call.context.parameters.get("seller").flatMap({ SellerReference($0) }) else {
            throw .sellerNotFound
        }
        return try await sellers.seller(reference, for: call.principal)
    }
}
