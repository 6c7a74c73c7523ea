import Hummingbird

extension AdminRoutes {
    /// Applications and users.
    func addAccounts(to router: Router<SandboxContext>) {
        addApplications(to: router)
        addUsers(to: router)
    }

    private func addApplications(to router: Router<SandboxContext>) {
        router.answer(.get, "/_sim/applications") { _ in
            let found = simulator.change { $0.applications.values.sorted { $0.clientID < $1.clientID } }
            return .json(["applications": .array(found.map(\.json))])
        }
        router.answer(.post, "/_sim/applications") { call in
            let body = try object(call)
            return try simulator.change { world in
                .json(try world.saveApplication(clientID: body["client_id"]?.loose, body).json, status: 201)
            }
        }
        router.answer(.patch, "/_sim/applications/:client") { call in
            let body = try object(call)
            return try simulator.change { world in
                let id = call.parameter("client")
                guard world.applications[id] != nil else { throw Refusal.admin("no such application", status: 404) }
                return .json(try world.saveApplication(clientID: id, body).json)
            }
        }
    }

    private func addUsers(to router: Router<SandboxContext>) {
        router.answer(.get, "/_sim/users") { _ in
            let world = simulator.change { $0 }
            let users = world.users.values.sorted { $0.id < $1.id }
            return .json(["users": .array(users.map { world.adminJSON(of: $0) })])
        }
        router.answer(.post, "/_sim/users") { call in
            let body = try object(call)
            guard let site = Site(rawValue: body["site_id"]?.string ?? "MLA") else {
                throw Refusal.admin("unknown site_id")
            }
            return try simulator.change { world in
                if let name = body["nickname"]?.string, world.user(named: name) != nil {
                    throw Refusal.admin("the nickname is taken", status: 409)
                }
                let user = world.openAccount(
                    nickname: body["nickname"]?.string, site: site, email: body["email"]?.string)
                if body["with_device"]?.bool ?? false { _ = world.equip(user) }
                return .json(world.adminJSON(of: user), status: 201)
            }
        }
        router.answer(.post, "/_sim/users/:user/pair") { call in
            let body = try object(call)
            return try simulator.change { world in
                guard let user = call.number("user").flatMap({ world.users[$0] }) else {
                    throw Refusal.admin("no such user", status: 404)
                }
                let mode = body["operating_mode"]?.string.flatMap(Device.Mode.init(rawValue:)) ?? .standalone
                let device = world.pair(user, mode: mode, isPlaced: body["placed"]?.bool ?? true)
                return .json(device.adminJSON, status: 201)
            }
        }
        router.answer(.post, "/_sim/users/:user/change-password") { call in
            try simulator.change { world in
                guard let id = call.number("user"), world.users[id] != nil else {
                    throw Refusal.admin("no such user", status: 404)
                }
                world.changePassword(of: id)
                return .noContent
            }
        }
    }
}

extension World {
    /// A user with its devices, as `/_sim` shows it.
    func adminJSON(of user: User) -> JSON {
        var members = user.json.members ?? [:]
        members["password"] = .string(user.password)
        let owned = devices.values.filter { $0.ownerID == user.id }.sorted { $0.id < $1.id }
        members["devices"] = .array(owned.map(\.adminJSON))
        members["device_id"] = .optional(owned.first?.id)
        return .object(members)
    }
}
