import AsyncHTTPClient
import Hummingbird
import NIOCore
import NIOHTTP1

/// `/point/integration-api/integrators`.
///
/// Source: reference §2.1.
struct IntegratorRoutes: Sendable {
    let simulator: Simulator
    let client: HTTPClient

    /// Mounts the routes on the API listener.
    func add(to router: Router<SandboxContext>) {
        router.answer(.get, "/point/integration-api/integrators") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                .json(world.integrator(of: caller.key).json)
            }
        }
        router.answer(.patch, "/point/integration-api/integrators") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                try world.setWebhook(call.json?["webhook"]?.string, of: caller.key)
                return .noContent
            }
        }
        router.answer(.post, "/point/integration-api/integrators/check") { call in
            let key = try simulator.change { try $0.caller(bearer: call.bearer, family: .integrations).key }
            let check = try simulator.change { try $0.beginCheck(of: key) }
            // The webhook may call the API while this request is open, so no lock is held here.
            let passed = await passes(check)
            simulator.change { $0.endCheck(check, passed: passed, of: key) }
            guard passed else {
                throw Refusal.upstream(
                    409, "the verification of the challengeCode failed", "The webhook is not responding correctly")
            }
            return .noContent
        }
    }

    private func passes(_ check: WebhookCheck) async -> Bool {
        var request = HTTPClientRequest(url: check.url)
        request.headers.add(name: "Accept", value: "application/json")
        do {
            let response = try await client.execute(request, timeout: .milliseconds(check.timeoutMS))
            let body = try await response.body.collect(upTo: 1 << 16)
            guard response.status == .ok, let answer = JSON(parsing: Array(body.readableBytesView)) else {
                return false
            }
            return answer["encrypted_challenge"]?.string == check.expected
        } catch {
            return false
        }
    }
}
