import Gateway
import HTTPTypes
import Hummingbird

/// `/v1/endpoints` and the endpoints of one seller.
struct EndpointRoutes: Sendable {
    let endpoints: Endpoints
    let sellers: Sellers

    func add(to api: APIRoutes) {
        api.post("/endpoints", status: .created, repeated: createdBefore) { call in
            try await create(call, seller: nil)
        }
        api.get("/endpoints") { call in try await list(call, seller: nil) }
        api.post("/sellers/{seller}/endpoints", status: .created, repeated: createdBefore) { call in
            try call.principal.require(.webhooks)
            return try await create(call, seller: try await seller(call))
        }
        api.get("/sellers/{seller}/endpoints") { call in try await list(call, seller: try await seller(call)) }
        api.get("/endpoints/{endpoint}") { call in
            try call.principal.require(.read)
            return EndpointResource(try await endpoints.endpoint(try id(call), for: call.principal))
        }
        api.patch("/endpoints/{endpoint}") { call in
            let changes = try EndpointChangesPayload.read(call.body)
            return EndpointResource(
                try await endpoints.update(try id(call), try changes.changes(), by: call.caller))
        }
        api.delete("/endpoints/{endpoint}") { call in try await endpoints.remove(try id(call), by: call.caller) }
        addActions(to: api)
    }

    private func addActions(to api: APIRoutes) {
        api.post("/endpoints/{endpoint}/rotate-secret", repeated: createdBefore) { call in
            let payload = try RotateSecretPayload.read(call.body)
            let id = try id(call)
            let secret = try await endpoints.rotateSecret(
                id, overlap: .seconds(payload.overlapSeconds ?? 86_400), by: call.caller)
            return EndpointResource(try await endpoints.endpoint(id, for: call.principal), secret: secret)
        }
        api.post("/endpoints/{endpoint}/test", status: .accepted) { text, _ in
            TestResource(event: text)
        } _: { call in
            TestResource(event: try await endpoints.test(try id(call), by: call.caller).description)
        }
        api.post("/endpoints/{endpoint}/pause", repeated: again) { call in
            EndpointResource(try await endpoints.pause(try id(call), by: call.caller))
        }
        api.post("/endpoints/{endpoint}/resume", repeated: again) { call in
            EndpointResource(try await endpoints.resume(try id(call), by: call.caller))
        }
    }

    private func create(_ call: APICall, seller: Seller?) async throws -> any Encodable {
        let new = try NewEndpointPayload.read(call.body)
        let made = try await endpoints.create(try new.newEndpoint(of: seller?.id), by: call.caller)
        return EndpointResource(made.endpoint, secret: made.secret)
    }

    private func list(_ call: APICall, seller: Seller?) async throws -> any Encodable {
        let page = try call.page()
        let found = try await endpoints.list(of: seller?.id, page: page, for: call.principal)
        return ListResource(found, page: page, id: \.id.description) { EndpointResource($0) }
    }

    @Sendable private func createdBefore(_ text: String, _ call: APICall) async throws -> any Encodable {
        guard let id = EndpointID(text) else { throw Problem.unknown(.endpointNotFound) }
        return EndpointResource(try await endpoints.endpoint(id, for: call.principal), isRepeated: true)
    }

    @Sendable private func again(_ text: String, _ call: APICall) async throws -> any Encodable {
        guard let id = EndpointID(text) else { throw Problem.unknown(.endpointNotFound) }
        return EndpointResource(try await endpoints.endpoint(id, for: call.principal))
    }

    private func id(_ call: APICall) throws(Problem) -> EndpointID {
        try call.id("endpoint", orThrow: .unknown(.endpointNotFound))
    }

    private func seller(_ call: APICall) async throws(Problem) -> Seller {
        guard let reference = call.context.parameters.get("seller").flatMap({ SellerReference($0) }) else {
            throw .sellerNotFound
        }
        return try await sellers.seller(reference, for: call.principal)
    }
}
