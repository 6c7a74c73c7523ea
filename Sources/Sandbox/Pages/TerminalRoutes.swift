import Hummingbird

/// The page on which a person plays the terminal.
///
/// Each button is a form.
struct TerminalRoutes: Sendable {
    let simulator: Simulator

    private static let buttons: [(TerminalCommand, String)] = [
        (.approve, "Approve"), (.reject, "Reject"), (.error, "Error"), (.cancel, "Cancel on terminal"),
        (.pull, "Pull"),
    ]

    /// Mounts the routes on the pages listener.
    func add(to router: Router<SandboxContext>) {
        router.answer(.get, "/terminals") { _ in
            .html(listPage(simulator.change { $0 }))
        }
        router.answer(.post, "/terminals") { call in
            simulator.change { world in
                guard let user = call.form?.filled("user").flatMap({ Int64($0) }).flatMap({ world.users[$0] }) else {
                    return Self.unknown
                }
                return .redirect(to: "/terminals/\(world.pair(user, isPlaced: false).id)", status: 303)
            }
        }
        router.answer(.get, "/terminals/:device") { call in
            let world = simulator.change { $0 }
            guard let device = world.devices[call.parameter("device")] else { return Self.unknown }
            return .html(terminalPage(device, world.intent(on: device), notice: nil))
        }
        router.answer(.post, "/terminals/:device/:command") { call in
            let id = call.parameter("device")
            guard let command = TerminalCommand(rawValue: call.parameter("command")) else { return Self.unknown }
            do {
                _ = try simulator.change { try $0.press(command, on: id) }
                return .redirect(to: "/terminals/\(id)", status: 303)
            } catch let refusal as Refusal {
                let world = simulator.change { $0 }
                guard let device = world.devices[id] else { return Self.unknown }
                let notice = JSON(parsing: Array(refusal.reply.body.utf8))?["error"]?.string
                return .html(terminalPage(device, world.intent(on: device), notice: notice), status: 409)
            }
        }
    }

    private static let unknown = Reply.html(
        Page.document("No such terminal", "<p><a href=\"/terminals\">All terminals</a></p>"), status: 404)

    private func listPage(_ world: World) -> String {
        let rows = world.devices.values.sorted { $0.id < $1.id }.map { device in
            """
            <tr><td><a href="/terminals/\(Page.escaped(device.id))">\(Page.escaped(device.id))</a></td>\
            <td>\(Page.escaped(world.users[device.ownerID]?.nickname ?? ""))</td>\
            <td>\(device.mode.rawValue)\(device.mode == device.runningMode ? "" : ", not restarted")</td>\
            <td>\(world.intent(on: device)?.state.rawValue ?? "idle")</td></tr>
            """
        }
        let accounts = world.users.values.sorted { $0.id < $1.id }.map { user in
            "<option value=\"\(user.id)\">\(Page.escaped(user.nickname))</option>"
        }
        return Page.document(
            "Terminals",
            """
            <table><tr><th>Terminal</th><th>Account</th><th>Mode</th><th>State</th></tr>
            \(rows.joined(separator: "\n"))
            </table>
            <form action="/terminals" method="post">
            <label for="user">Pair a new terminal by QR code with the account</label>
            <select id="user" name="user">\(accounts.joined())</select>
            <button>Pair</button>
            </form>
            """)
    }

    private func terminalPage(_ device: Device, _ intent: PaymentIntent?, notice: String?) -> String {
        var content = notice.map { "<p><strong>\(Page.escaped($0))</strong></p>\n" } ?? ""
        if let intent {
            let reference = intent.request.additionalInfo?["external_reference"]?.string ?? ""
            content += """
                <table>
                <tr><th>Amount</th><td>\(intent.request.amount) minor units</td></tr>
                <tr><th>State</th><td>\(intent.state.rawValue)</td></tr>
                <tr><th>Reference</th><td>\(Page.escaped(reference))</td></tr>
                <tr><th>Intent</th><td><code>\(Page.escaped(intent.id))</code></td></tr>
                </table>

                """
            content += Self.buttons.map { Self.button($0, $1, device) }.joined(separator: "\n")
        } else {
            content += "<p>No payment is waiting.</p>"
        }
        if device.storeID == nil {
            content += "\n<p>It stands nowhere yet.</p>\n" + Self.button(.place, "Choose store and cash desk", device)
        }
        if device.mode != device.runningMode {
            content += "\n<p>The new mode counts after a restart.</p>\n" + Self.button(.restart, "Restart", device)
        }
        return Page.document(device.id, content + "\n<p><a href=\"/terminals\">All terminals</a></p>")
    }

    private static func button(_ command: TerminalCommand, _ label: String, _ device: Device) -> String {
        """
        <form class="inline" action="/terminals/\(Page.escaped(device.id))/\(command.rawValue)" method="post">\
        <button\(command == .approve ? "" : " class=\"quiet\"")>\(label)</button></form>
        """
    }
}

extension World {
    /// The intent in a device's slot.
    func intent(on device: Device) -> PaymentIntent? { device.currentIntentID.flatMap { intents[$0] } }
}
