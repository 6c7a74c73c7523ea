import Hummingbird

/// The authorization and consent pages, on the pages origin.
///
/// Source: reference §1.1 and §1.2.
struct AuthorizationRoutes: Sendable {
    let simulator: Simulator

    /// Mounts the routes on the pages listener.
    func add(to router: Router<SandboxContext>) {
        router.answer(.get, "/authorization") { call in
            try withPages {
                let id = try simulator.change { try $0.beginAuthorization(call.query) }
                let login = simulator.addresses.login + "/login"
                return .redirect(to: FormFields.appending([("request", id)], to: login))
            }
        }
        router.answer(.get, "/authorization/consent") { call in
            try withPages {
                let ticket = call.query["ticket"] ?? ""
                let (application, user) = try simulator.change { try $0.consent(for: ticket) }
                return .html(consentPage(application, user, ticket: ticket))
            }
        }
        router.answer(.post, "/authorization/consent") { call in
            try withPages {
                guard let form = call.form, let decision = form["decision"], ["approve", "deny"].contains(decision)
                else {
                    throw AuthorizationProblem(code: "invalid_request", text: "Choose to approve or to deny.")
                }
                let ticket = form["ticket"] ?? ""
                return .redirect(
                    to: try simulator.change { try $0.decide(approves: decision == "approve", ticket: ticket) })
            }
        }
    }

    private func consentPage(_ application: Application, _ user: User, ticket: String) -> String {
        let scopes = application.scopes.sorted().map { "<li><code>\(Page.escaped($0))</code></li>" }.joined()
        return Page.document(
            "Authorize \(application.name)",
            """
            <p><strong>\(Page.escaped(application.name))</strong> asks to work with the account
            <strong>\(Page.escaped(user.nickname))</strong> (\(user.site.rawValue), \(user.id)).</p>
            <p>It will be able to:</p><ul>\(scopes)</ul>
            <form action="/authorization/consent" method="post">
            <input type="hidden" name="ticket" value="\(Page.escaped(ticket))">
            <button name="decision" value="approve">Approve</button>
            <button class="quiet" name="decision" value="deny">Deny</button>
            </form>
            """)
    }
}

/// The login page, on an origin of its own as upstream has it.
struct LoginRoutes: Sendable {
    let simulator: Simulator

    /// Mounts the routes on the login listener.
    func add(to router: Router<SandboxContext>) {
        router.answer(.get, "/login") { call in
            let users = simulator.change { $0.users.values.sorted { $0.id < $1.id } }
            return .html(loginPage(users, requestID: call.query["request"] ?? ""))
        }
        router.answer(.post, "/login") { call in
            try withPages {
                let form = call.form
                let name = form?.filled("nickname") ?? form?["user"] ?? ""
                let ticket = try simulator.change { try $0.logIn(as: name, requestID: form?["request"] ?? "") }
                let consent = simulator.addresses.pages + "/authorization/consent"
                return .redirect(to: FormFields.appending([("ticket", ticket)], to: consent))
            }
        }
    }

    private func loginPage(_ users: [User], requestID: String) -> String {
        let options = users.map { user in
            """
            <option value="\(Page.escaped(user.nickname))">\(Page.escaped(user.nickname)) \
            (\(user.site.rawValue))</option>
            """
        }
        return Page.document(
            "Log in",
            """
            <form action="/login" method="post">
            <input type="hidden" name="request" value="\(Page.escaped(requestID))">
            <label for="user">Account</label>
            <select id="user" name="user">
            \(options.joined(separator: "\n"))
            </select>
            <label for="nickname">or another nickname or number</label>
            <input id="nickname" name="nickname" value="" autocomplete="off">
            <button>Log in</button>
            </form>
            """)
    }
}

/// Turns the problems of the authorization pages into a page with status 400.
private func withPages(_ body: () throws -> Reply) throws -> Reply {
    do {
        return try body()
    } catch let problem as AuthorizationProblem {
        return .html(Page.problem(problem), status: 400)
    }
}
