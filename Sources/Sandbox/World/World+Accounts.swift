extension World {
    /// Opens an account.
    @discardableResult
    mutating func openAccount(
        nickname: String? = nil, site: Site, email: String? = nil, isTest: Bool = true
    ) -> User {
        let id = next(.user)
        let user = User(
            id: id, nickname: nickname ?? "TEST" + generator.hex(6).uppercased(), site: site,
            email: email ?? "test_user_\(id)@testuser.com", password: "qatest" + generator.hex(8), isTest: isTest)
        users[id] = user
        remember("password", user.password)
        return user
    }

    /// Gives a seller a store, a cash desk and a terminal that is logged in, online and in PDV mode.
    mutating func equip(_ user: User) -> Device { pair(user, mode: .pdv) }

    /// The account of a nickname, in any case, or of a number.
    func user(named name: String) -> User? {
        if let id = Int64(name), let user = users[id] { return user }
        return users.values.first { $0.nickname.lowercased() == name.lowercased() }
    }

    /// Registers or changes an application from the fields that `/_sim/applications` takes.
    ///
    /// - Throws: A 400 that names the field of the wrong kind.
    mutating func saveApplication(clientID: String?, _ fields: JSON) throws -> Application {
        let known = clientID.flatMap { applications[$0] }
        var application = known ?? newApplication(clientID: clientID)
        if let name = fields["name"]?.string { application.name = name }
        if let secret = fields["client_secret"]?.string { application.clientSecret = secret }
        if let secret = fields["webhook_secret"]?.string { application.webhookSecret = secret }
        if let pkce = fields["pkce"]?.bool { application.requiresPKCE = pkce }
        if let url = fields.members?["webhook_url"] { application.webhookURL = url.string }
        if let uris = fields["redirect_uris"] { application.redirectURIs = try strings(uris, "redirect_uris") }
        if let scopes = fields["scopes"] { application.scopes = try strings(scopes, "scopes") }
        if let topics = fields["topics"] { application.topics = try strings(topics, "topics") }
        applications[application.clientID] = application
        remember("client_secret", application.clientSecret)
        remember("webhook_secret", application.webhookSecret)
        return application
    }

    private mutating func newApplication(clientID: String?) -> Application {
        let owner = openAccount(site: .argentina, isTest: false)
        return Application(
            clientID: clientID ?? String(next(.application)), ownerID: owner.id, clientSecret: generator.hex(32),
            name: "Sandbox application", redirectURIs: [], requiresPKCE: true,
            scopes: ["offline_access", "read", "write"], webhookURL: nil, webhookSecret: generator.hex(64),
            topics: ["payment", "mp-connect"])
    }

    private func strings(_ value: JSON, _ name: String) throws -> [String] {
        guard let elements = value.array else { throw Refusal.admin("\(name) must be an array of strings") }
        return elements.compactMap(\.string)
    }
}
