import Hummingbird

extension AdminRoutes {
    /// Devices with their buttons, intents and payments.
    func addTerminals(to router: Router<SandboxContext>) {
        router.answer(.get, "/_sim/devices") { _ in
            let found = simulator.change { $0.devices.values.sorted { $0.id < $1.id } }
            return .json(["devices": .array(found.map(\.adminJSON))])
        }
        router.answer(.patch, "/_sim/devices/:device") { call in
            let body = try object(call)
            return try simulator.change { world in
                let id = call.parameter("device")
                guard var device = world.devices[id] else { throw Refusal.admin("no such device", status: 404) }
                device.isOnline = body["online"]?.bool ?? device.isOnline
                if let mode = body["operating_mode"]?.string.flatMap(Device.Mode.init(rawValue:)) {
                    device.mode = mode
                    device.runningMode = mode
                }
                world.devices[id] = device
                return .json(device.adminJSON)
            }
        }
        router.answer(.post, "/_sim/devices/:device/:command") { call in
            guard let command = TerminalCommand(rawValue: call.parameter("command")) else {
                throw Refusal.admin(
                    "the commands are " + TerminalCommand.allCases.map(\.rawValue).joined(separator: ", "),
                    status: 404)
            }
            return .json(try simulator.change { try $0.press(command, on: call.parameter("device")) })
        }
        router.answer(.get, "/_sim/intents") { _ in
            let found = simulator.change { world in
                world.intents.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
            }
            return .json(["intents": .array(found.map(\.json))])
        }
        router.answer(.get, "/_sim/payments") { _ in
            let found = simulator.change { $0.payments.values.sorted { $0.id < $1.id } }
            return .json(["payments": .array(found.map(\.json))])
        }
    }
}
