extension World {
    /// A page of the caller's terminals; a limit beyond 50 is brought to it.
    ///
    /// Source: reference §3.3.
    ///
    /// - Throws: 400 for an offset that is none.
    func terminalPage(of caller: Caller, _ query: FormFields) throws -> JSON {
        let limit = min(max(query.filled("limit").flatMap { Int($0) } ?? 50, 1), 50)
        guard let offset = Int(query.filled("offset") ?? "0"), offset >= 0 else {
            throw Refusal.orders(400, "property_value", "A property has a value that is not allowed.", ["offset"])
        }
        let found = devices.values.filter { device in
            device.ownerID == caller.userID
                && (query.filled("store_id").map { $0 == device.storeID.map { "\($0)" } } ?? true)
                && (query.filled("pos_id").map { $0 == device.pointOfSaleID.map { "\($0)" } } ?? true)
        }
        let page = found.sorted { $0.id < $1.id }.dropFirst(offset).prefix(limit)
        return [
            "data": [
                "terminals": .array(
                    page.map { $0.json(showing: knobs.showRunningMode ? $0.runningMode : $0.mode) })
            ],
            "paging": [
                "total": .int(Int64(found.count)), "limit": .int(Int64(limit)), "offset": .int(Int64(offset)),
            ],
        ]
    }

    /// Changes the mode of exactly one terminal, as generation A does.
    ///
    /// - Throws: 400 for a bad body, 403 for another's terminal or one that stands nowhere, 412 for a second one in PDV
    ///   mode at its cash desk.
    mutating func setUpTerminal(_ body: JSON?, by caller: Caller) throws -> JSON {
        let wanted = body?["terminals"]?.array ?? []
        guard wanted.count == 1, let id = wanted[0]["id"]?.string else {
            throw Refusal.orders(400, "required_properties", "Name exactly one terminal.", ["terminals"])
        }
        guard let mode = wanted[0]["operating_mode"]?.string.flatMap({ Device.Mode(rawValue: $0) }) else {
            throw Refusal.orders(
                400, "property_value", "A property has a value that is not allowed.", ["operating_mode"])
        }
        let device = try terminal(id, of: caller)
        guard let desk = device.pointOfSaleID, device.storeID != nil else {
            throw Refusal.orders(403, "store_pos_not_found", "The terminal stands at no point of sale.")
        }
        let others = devices.values.filter { $0.id != id && $0.pointOfSaleID == desk }
        guard mode == .standalone || !others.contains(where: { $0.mode == .pdv }) else {
            throw Refusal.orders(
                412, "precondition_failed", "Another terminal of that point of sale is in PDV mode.")
        }
        devices[id]?.mode = mode
        if !knobs.modeNeedsRestart { devices[id]?.runningMode = mode }
        return ["terminals": [["id": .string(id), "operating_mode": .string(mode.rawValue)]]]
    }
}
