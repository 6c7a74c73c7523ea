import Hummingbird

extension AdminRoutes {
    /// Knobs, faults, clock and reset.
    func addControls(to router: Router<SandboxContext>) {
        router.answer(.get, "/_sim/knobs") { _ in .json(simulator.change { $0.knobs.json }) }
        router.answer(.patch, "/_sim/knobs") { call in
            let body = try object(call)
            return try simulator.change { world in
                try world.knobs.turn(body)
                return .json(world.knobs.json)
            }
        }
        router.answer(.post, "/_sim/faults") { call in
            let fault = try Fault(object(call))
            simulator.change { $0.faults.append(fault) }
            return .noContent
        }
        router.answer(.delete, "/_sim/faults") { _ in
            simulator.change { $0.faults = [] }
            return .noContent
        }
        router.answer(.get, "/_sim/held") { call in
            let userID = call.query.filled("user_id").flatMap { Int64($0) }
            return .json(["held": .int(Int64(simulator.held.count(of: userID)))])
        }
        router.answer(.post, "/_sim/release") { call in
            let body = try object(call)
            let isCut = body["cut"]?.bool ?? false
            let count = simulator.held.release(body["user_id"]?.looseInt, isCut ? .cut : .goOn)
            return .json(["released": .int(Int64(count))])
        }
        router.answer(.post, "/_sim/clock/advance") { call in
            guard let seconds = try object(call)["seconds"]?.number, (0...1e9).contains(seconds) else {
                throw Refusal.admin("seconds must be from 0 to 1e9")
            }
            return simulator.change { world in
                world.clockOffset += seconds
                return .json(["now": .string(Timestamp.utc(world.now))])
            }
        }
        router.answer(.post, "/_sim/reset") { _ in
            simulator.change { $0 = $0.restarted() }
            return .noContent
        }
    }
}
