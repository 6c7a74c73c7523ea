import Gateway
import HTTPTypes
import Hummingbird

/// `/v1/applications`: applications, their secrets and test users.
struct ApplicationRoutes: Sendable {
    let applications: Applications
    let tokens: ApplicationTokens
    let connections: Connections
    let imports: GrantImports
    let clock: WallClock

    func add(to api: APIRoutes) {
        api.post("/applications", status: .created, repeated: again) { call in
            let new = try NewApplicationPayload.read(call.body)
            return try await resource(try await applications.create(try new.newApplication(), by: call.caller))
        }
        api.get("/applications") { call in
            try call.principal.require(.read)
            try call.principal.requireUnbound()
            let page = try call.page()
            let found = try await applications.list(page: page)
            return ListResource(found, page: page, id: \.id.description) { application in
                ApplicationResource(application, applications, secrets: nil)
            }
        }
        api.get("/applications/{application}") { call in
            try call.principal.require(.read)
            try call.principal.requireUnbound()
            return try await resource(try await applications.application(try id(call)))
        }
        api.patch("/applications/{application}") { call in
            let changes = try ApplicationChangesPayload.read(call.body)
            return try await resource(
                try await applications.update(try id(call), try changes.changes(), by: call.caller))
        }
        api.delete("/applications/{application}") { call in
            try await applications.remove(try id(call), by: call.caller)
        }
        api.post("/applications/{application}/resume", repeated: again) { call in
            let id = try id(call)
            try await connections.resumeRefreshing(of: id, by: call.caller)
            return try await resource(try await applications.application(id))
        }
        api.post("/applications/{application}/adopt", repeated: again) { call in
            let id = try id(call)
            try await imports.adopt(id, by: call.caller)
            return try await resource(try await applications.application(id))
        }
        addSecrets(to: api)
        addTestUsers(to: api)
    }

    private func addSecrets(to api: APIRoutes) {
        api.post("/applications/{application}/secrets", status: .created, repeated: again) { call in
            let new = try NewSecretPayload.read(call.body)
            let id = try id(call)
            _ = try await applications.addSecret(
                try word(new.kind, "kind"), value: Secret(new.value), of: id,
                overlap: .seconds(new.overlapSeconds ?? 86_400), by: call.caller)
            return try await resource(try await applications.application(id))
        }
    }

    private func addTestUsers(to api: APIRoutes) {
        api.post("/applications/{application}/test-users", status: .created) { text, call in
            let users = try await applications.testUsers(of: try id(call))
            guard let user = users.first(where: { $0.id.description == text }) else {
                throw Problem.unknown(.notFound)
            }
            return TestUserResource(user, at: clock.now, isRepeated: true)
        } _: { call in
            let new = try NewTestUserPayload.read(call.body)
            let site: SiteID = try shaped(new.site, "site", "three capital letters such as MLA")
            let made = try await applications.createTestUser(
                of: try id(call), site: site, using: tokens, by: call.caller)
            return TestUserResource(made.user, at: clock.now, password: made.password)
        }
        api.get("/applications/{application}/test-users") { call in
            try call.principal.require(.read)
            try call.principal.requireUnbound()
            let users = try await applications.testUsers(of: try id(call))
            let now = clock.now
            return ListResource(users, page: Page(limit: 200), id: \.id.description) {
                TestUserResource($0, at: now)
            }
        }
    }

    @Sendable private func again(_ text: String, _ call: APICall) async throws -> any Encodable {
        guard let id = ApplicationID(text) else { throw Problem.unknown(.applicationNotFound) }
        return try await resource(try await applications.application(id))
    }

    private func id(_ call: APICall) throws(Problem) -> ApplicationID {
        try call.id("application", orThrow: .unknown(.applicationNotFound))
    }

    private func resource(_ application: Gateway.Application) async throws(Problem) -> ApplicationResource {
        ApplicationResource(
            application, applications, secrets: try await applications.secrets(of: application.id),
            held: try await imports.heldCount(of: application.id))
    }
}
