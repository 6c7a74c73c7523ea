extension World {
    /// Three equipped sellers, one for each country of the Integrations API, and one application.
    mutating func plantSeedData() {
        let sellers: [(String, Site)] = [
            ("PANADERIASOL", .argentina), ("PADARIALUA", .brazil), ("TIENDALUNA", .mexico),
        ]
        for (nickname, site) in sellers {
            _ = equip(openAccount(nickname: nickname, site: site))
        }
        let owner = openAccount(nickname: "SANDBOXINTEGRATOR", site: .argentina, isTest: false)
        let application = Application(
            clientID: String(next(.application)), ownerID: owner.id, clientSecret: generator.hex(32),
            name: "Sandbox POS", redirectURIs: [], requiresPKCE: true, scopes: ["offline_access", "read", "write"],
            webhookURL: nil, webhookSecret: generator.hex(64), topics: ["payment", "mp-connect"])
        applications[application.clientID] = application
        remember("client_secret", application.clientSecret)
        remember("webhook_secret", application.webhookSecret)
    }
}
