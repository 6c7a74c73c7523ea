import Gateway
import HTTPTypes
import Hummingbird

/// `/v1/sellers` and what belongs to one seller: links and connections.
struct SellerRoutes: Sendable {
    let sellers: Sellers
    let links: OnboardingLinks
    let connections: Connections
    let clock: WallClock

    func add(to api: APIRoutes) {
        api.post("/sellers", status: .created) { id, call in
            SellerResource(try await sellers.seller(try reference(id), for: call.principal))
        } _: { call in
            let new = try NewSellerPayload.read(call.body)
            let ref: ExternalRef? = try new.externalRef.map { try shaped($0, "external_ref", ExternalRef.shape) }
            return SellerResource(try await sellers.create(name: new.name, externalRef: ref, by: call.caller))
        }
        api.get("/sellers") { call in
            let page = try call.page()
            var filter = SellerFilter(search: call.query("search"))
            filter.state = try call.query("state").map { try word($0, "state") }
            filter.externalRef = try call.query("external_ref").map {
                try shaped($0, "external_ref", ExternalRef.shape)
            }
            let found = try await sellers.list(filter, page: page, for: call.principal)
            return ListResource(found, page: page, id: \.id.description) { SellerResource($0) }
        }
        api.get("/sellers/{seller}") { call in SellerResource(try await seller(call, .read)) }
        api.patch("/sellers/{seller}") { call in
            let changes = try SellerChangesPayload.read(call.body)
            let ref: ExternalRef?? = try changes.externalRef.map { text in
                try text.map { try shaped($0, "external_ref", ExternalRef.shape) }
            }
            return SellerResource(
                try await sellers.update(
                    try reference(call.context.parameters.get("seller")), name: changes.name, externalRef: ref,
                    state: try changes.state.map { try word($0, "state") }, by: call.caller))
        }
        addLinks(to: api)
        addConnections(to: api)
    }

    private func addLinks(to api: APIRoutes) {
        api.post("/sellers/{seller}/links", status: .created) { id, call in
            guard let id = OnboardingLinkID(id) else { throw Problem.unknown(.linkNotFound) }
            return LinkResource(try await links.link(id, for: call.principal), at: clock.now, isRepeated: true)
        } _: { call in
            let seller = try await seller(call, .linksWrite)
            let new = try NewLinkPayload.read(call.body)
            let qr: QRForm? = try new.qr.map { try word($0, "qr") }
            let made = try await links.create(try new.newLink(), for: seller, by: call.caller)
            return LinkResource(made, at: clock.now, qr: qr)
        }
        api.get("/sellers/{seller}/links") { call in
            let page = try call.page()
            let found = try await links.list(of: try await seller(call, .read), page: page)
            return ListResource(found, page: page, id: \.id.description) { LinkResource($0, at: clock.now) }
        }
        api.get("/links/{link}") { call in
            try call.principal.require(.read)
            return LinkResource(
                try await links.link(try call.id("link", orThrow: Problem.unknown(.linkNotFound)), for: call.principal),
                at: clock.now)
        }
        api.post("/links/{link}/revoke") { id, call in
            guard let id = OnboardingLinkID(id) else { throw Problem.unknown(.linkNotFound) }
            return LinkResource(try await links.link(id, for: call.principal), at: clock.now)
        } _: { call in
            LinkResource(
                try await links.revoke(try call.id("link", orThrow: Problem.unknown(.linkNotFound)), by: call.caller),
                at: clock.now)
        }
    }

    private func addConnections(to api: APIRoutes) {
        let one = "/sellers/{seller}/connections/{connection}"
        api.get("/sellers/{seller}/connections") { call in
            let page = try call.page()
            let found = try await connections.list(of: try await seller(call, .read), page: page)
            return ListResource(found, page: page, id: \.id.description) { ConnectionResource($0) }
        }
        api.get("\(one)") { call in
            let seller = try await seller(call, .read)
            let connection = try await connections.connection(try id(call), of: seller)
            return ConnectionResource(
                connection, health: try await connections.health(of: connection), isAlone: true)
        }
        api.post("/sellers/{seller}/connections", status: .created, repeated: again) { call in
            let seller = try await seller(call, .sellersAdmin)
            let new = try NewConnectionPayload.read(call.body)
            guard new.kind == "own" else {
                throw Problem.invalid("kind", "Give `own`; others are made by an onboarding link.")
            }
            let application: ApplicationID = try shaped(new.application, "application", "an application's id")
            return ConnectionResource(
                try await connections.connectOwn(seller, application: application, by: call.caller))
        }
        api.post("\(one)/refresh", repeated: again) { call in
            let seller = try await seller(call, .sellersAdmin)
            return ConnectionResource(try await connections.refresh(try id(call), of: seller, by: call.caller))
        }
        api.post("\(one)/revoke", repeated: again) { call in
            let seller = try await seller(call, .sellersAdmin)
            return ConnectionResource(
                try await connections.revoke(try id(call), of: seller, by: call.caller), isAlone: true)
        }
        api.post("\(one)/confirm") { text, call in
            guard let id = ConnectionID(text) else { throw Problem.unknown(.connectionNotFound) }
            return ConnectionResource(try await connections.connection(id, of: try await seller(call, .linksWrite)))
        } _: { call in
            let seller = try await seller(call, .linksWrite)
            return ConnectionResource(try await connections.confirm(try id(call), of: seller, by: call.caller))
        }
        api.post("\(one)/webhook", repeated: again) { call in
            let seller = try await seller(call, .sellersAdmin)
            return ConnectionResource(try await connections.registerWebhook(try id(call), of: seller, by: call.caller))
        }
    }

    @Sendable private func again(_ text: String, _ call: APICall) async throws -> any Encodable {
        guard let id = ConnectionID(text) else { throw Problem.unknown(.connectionNotFound) }
        let seller = try await seller(call, .sellersAdmin)
        return ConnectionResource(try await connections.connection(id, of: seller), isAlone: true)
    }

    private func id(_ call: APICall) throws(Problem) -> ConnectionID {
        try call.id("connection", orThrow: Problem.unknown(.connectionNotFound))
    }

    private func seller(_ call: APICall, _ scope: Scope) async throws(Problem) -> Seller {
        try call.principal.require(scope)
        return try await sellers.seller(try reference(call.context.parameters.get("seller")), for: call.principal)
    }

    private func reference(_ text: String?) throws(Problem) -> SellerReference {
        guard let reference = text.flatMap({ SellerReference($0) }) else { throw .sellerNotFound }
        return reference
    }
}
