import Foundation

/// Something for a terminal to print.
///
/// Source: reference §3.3.
struct PrintAction: Sendable {
    enum Status: String, Sendable {
        case created
        case onTerminal = "on_terminal"
        case canceled
    }

    let id: String
    let owner: GrantKey
    let terminalID: String
    let externalReference: String
    let config: JSON
    let content: String
    let createdAt: Date
    var status = Status.created

    /// The body of the action routes.
    var json: JSON {
        [
            "id": .string(id), "type": "print", "status": .string(status.rawValue),
            "external_reference": .string(externalReference), "config": config, "content": .string(content),
            "created_date": .string(Timestamp.utc(createdAt)),
        ]
    }
}

extension World {
    /// Gives a terminal something to print; it blocks the terminal until it is taken.
    ///
    /// - Throws: 400 for a bad body, 403 for another's terminal, 409 when the slot is taken.
    mutating func createPrint(_ body: JSON?, by caller: Caller) throws -> Reply {
        guard body?["type"] == "print", let content = body?["content"]?.string,
            (100...4096).contains(content.utf8.count), let reference = body?["external_reference"]?.string,
            let config = body?["config"], let id = config["point"]?["terminal_id"]?.string
        else {
            throw Refusal.orders(400, "property_value", "A property is missing or has a value that is not allowed.")
        }
        let device = try terminal(id, of: caller)
        guard device.currentIntentID == nil else {
            throw Refusal.orders(
                409, "already_queued_order_on_terminal", "There is already a queued order on the terminal.")
        }
        let action = PrintAction(
            id: generator.ulid("ACT"), owner: caller.key, terminalID: id, externalReference: reference,
            config: config, content: content, createdAt: now)
        prints[action.id] = action
        devices[id]?.currentIntentID = action.id
        return .json(action.json, status: 201)
    }

    /// The caller's action.
    ///
    /// - Throws: 404 for another's or an unknown one.
    func printAction(_ id: String, of caller: Caller) throws -> PrintAction {
        guard let action = prints[id], action.owner.userID == caller.userID else {
            throw Refusal.orders(404, "action_not_found", "Action not found.")
        }
        return action
    }

    /// Cancels an action that no terminal took yet.
    ///
    /// - Throws: 409 for any other.
    mutating func cancelPrint(_ id: String, by caller: Caller) throws -> Reply {
        var action = try printAction(id, of: caller)
        guard action.status == .created else {
            throw Refusal.orders(
                409, "action_not_allowed_for_current_state", "The action can't be canceled in this state.")
        }
        action.status = .canceled
        free(action)
        return .json(action.json)
    }

    /// The terminal prints, whatever is pressed.
    mutating func press(onPrint id: String) -> JSON {
        guard var action = prints[id] else { return .null }
        action.status = .onTerminal
        free(action)
        return action.json
    }

    private mutating func free(_ action: PrintAction) {
        prints[action.id] = action
        if devices[action.terminalID]?.currentIntentID == action.id {
            devices[action.terminalID]?.currentIntentID = nil
        }
    }
}
