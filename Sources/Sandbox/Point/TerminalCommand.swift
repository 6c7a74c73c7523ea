/// A button of the simulated terminal.
enum TerminalCommand: String, Sendable, CaseIterable {
    /// The terminal takes the waiting intent.
    case pull
    /// The buyer presents the card.
    case process
    /// The payment goes through, from wherever the intent stands.
    case approve
    /// The card is refused; the intent still ends FINISHED.
    case reject
    /// The terminal fails.
    case error
    /// The terminal lost the answer: CONFIRMATION_REQUIRED.
    case confirm
    /// The red key.
    case cancel
    /// Nobody attended the terminal.
    case abandon
    /// The terminal restarts and takes its new operating mode.
    case restart
    /// The owner chooses store and cash desk on the terminal.
    case place
}

extension World {
    /// Presses a button and gives the device's intent as it stands afterwards.
    ///
    /// - Throws: 404 for an unknown device, 409 when the button does nothing in this state.
    mutating func press(_ command: TerminalCommand, on deviceID: String) throws -> JSON {
        guard let device = devices[deviceID] else { throw Refusal.admin("no device \(deviceID)", status: 404) }
        if command == .restart {
            devices[deviceID]?.runningMode = device.mode
            return devices[deviceID]?.adminJSON ?? .null
        }
        if command == .place { return place(device).adminJSON }
        guard let id = device.currentIntentID else {
            throw Refusal.admin("no intent is waiting for \(deviceID)", status: 409)
        }
        if orders[id] != nil { return try press(command, onOrder: id) }
        if prints[id] != nil { return press(onPrint: id) }
        if refundIntents[id] != nil { return try press(command, onRefund: id) }
        switch command {
        case .restart, .place: break
        case .pull: try pull(id, by: device)
        case .process: try start(id, by: device)
        case .approve: try finish(id, by: device, approved: true)
        case .reject: try finish(id, by: device, approved: false)
        case .confirm: try loseOutcome(id, by: device)
        case .error: try require(.failed, id)
        case .abandon: try require(.abandoned, id)
        case .cancel:
            if intents[id]?.state == .open { try pull(id, by: device) }
            try require(.canceledOnTerminal, id)
        }
        return intents[id]?.json ?? .null
    }

    private mutating func pull(_ id: String, by device: Device) throws {
        guard device.isOnline else { throw Refusal.admin("the device is offline", status: 409) }
        guard device.runningMode == .pdv else {
            throw Refusal.admin("the device doesn't run in PDV mode; restart it after a change", status: 409)
        }
        try require(.pulled, id)
    }

    private mutating func start(_ id: String, by device: Device) throws {
        if intents[id]?.state == .open { try pull(id, by: device) }
        try require(.started, id)
    }

    private mutating func finish(_ id: String, by device: Device, approved: Bool) throws {
        try advanceToProcessing(id, by: device)
        makePayment(for: id, status: approved ? .approved : .rejected)
        try require(.processed, id)
        try require(.finished, id)
    }

    private mutating func loseOutcome(_ id: String, by device: Device) throws {
        try advanceToProcessing(id, by: device)
        makePayment(for: id, status: .inProcess)
        try require(.outcomeUnknown, id)
    }

    private mutating func advanceToProcessing(_ id: String, by device: Device) throws {
        if intents[id]?.state != .processing { try start(id, by: device) }
    }

    private mutating func require(_ event: PaymentIntentState.Event, _ id: String) throws {
        guard apply(event, to: id) else {
            throw Refusal.admin("not possible in state \(intents[id]?.state.rawValue ?? "none")", status: 409)
        }
    }
}
