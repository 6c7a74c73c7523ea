/// A Point terminal.
///
/// Source: reference §2.2.
struct Device: Sendable {
    /// How a terminal takes its work.
    enum Mode: String, Sendable {
        /// Pulls intents.
        case pdv = "PDV"
        /// Works alone; intents stay OPEN.
        case standalone = "STANDALONE"
    }

    let id: String
    let ownerID: Int64
    /// Where it stands; `nil` until its owner chose that on the terminal.
    var pointOfSaleID: Int64?
    var storeID: Int64?
    var externalPointOfSaleID: String?
    /// The mode that the API shows.
    var mode = Mode.pdv
    /// The mode in which the terminal really works: a change counts after its restart.
    var runningMode = Mode.pdv
    var isOnline = true
    /// The intent in the one slot, until it ends.
    var currentIntentID: String?

    /// The element of `GET …/devices`: `pos_id` is a number, `store_id` a string.
    var json: JSON { json(showing: mode) }

    /// The same with another mode than the one that was asked for.
    func json(showing mode: Mode) -> JSON {
        [
            "id": .string(id), "pos_id": pointOfSaleID.map { JSON.int($0) } ?? .null,
            "store_id": .optional(storeID.map(String.init)), "external_pos_id": .optional(externalPointOfSaleID),
            "operating_mode": .string(mode.rawValue),
        ]
    }

    /// Everything, as `/_sim` shows it.
    var adminJSON: JSON {
        var members = json.members ?? [:]
        members["owner_id"] = .int(ownerID)
        members["running_mode"] = .string(runningMode.rawValue)
        members["online"] = .bool(isOnline)
        members["current_intent_id"] = .optional(currentIntentID)
        return .object(members)
    }
}

extension World {
    /// The caller's device, or 403 when it is unknown or someone else's.
    func device(_ id: String, of caller: Caller) throws -> Device {
        guard let device = devices[id], device.ownerID == caller.userID else {
            throw Refusal.upstream(
                403, "forbidden", "Error when check device owner: user configuration, not found")
        }
        return device
    }

    /// A page of the caller's devices.
    ///
    /// Source: reference §2.2.
    ///
    /// - Throws: 400 for a limit or an offset that is no number in range.
    func devicePage(of caller: Caller, _ query: FormFields) throws -> JSON {
        let range = try PageRange(query, largest: 50, defaultLimit: 50)
        let found = devices.values.filter { device in
            device.ownerID == caller.userID
                && (query.filled("store_id").map { $0 == device.storeID.map { "\($0)" } } ?? true)
                && (query.filled("pos_id").map { $0 == device.pointOfSaleID.map { "\($0)" } } ?? true)
        }
        let page = range.cut(found.sorted { $0.id < $1.id })
        let devices = page.map { $0.json(showing: knobs.showRunningMode ? $0.runningMode : $0.mode) }
        return ["devices": .array(devices), "paging": range.json(total: found.count)]
    }

    /// Changes the mode; the terminal follows after a restart.
    ///
    /// - Throws: 400 for an unknown mode or a second PDV terminal on one POS; 403 for another's device and for one that
    ///   stands nowhere.
    mutating func setMode(_ text: String?, of id: String, caller: Caller) throws -> JSON {
        guard let mode = text.flatMap(Device.Mode.init(rawValue:)) else {
            throw Refusal.upstream(400, "bad_request", "operating_mode must be one of [PDV, STANDALONE]")
        }
        let device = try device(id, of: caller)
        guard device.storeID != nil, device.pointOfSaleID != nil else {
            throw Refusal.upstream(
                403, "forbidden", "Store id not found. Please check if your user is logged into the device")
        }
        let others = devices.values.filter { $0.id != id && $0.pointOfSaleID == device.pointOfSaleID }
        guard mode == .standalone || !others.contains(where: { $0.mode == .pdv }) else {
            throw Refusal.upstream(400, "bad_request", "There is already a device in PDV mode on this POS")
        }
        devices[id]?.mode = mode
        if !knobs.modeNeedsRestart { devices[id]?.runningMode = mode }
        return ["operating_mode": .string(mode.rawValue)]
    }
}
