import Synchronization

/// Notices when it is the application that the provider refuses, and not one shop after the other (DESIGN §6).
///
/// Refusals of three connections of one application with no success in between are the operator's case: one mistake
/// must not send every shop to the link page.
final class RefreshGuard: Sendable {
    /// So many connections refused in a row stop an application.
    static let mostRefusals = 3

    private let refused = Mutex<[ApplicationID: Set<ConnectionID>]>([:])

    /// Notes a refusal; `true` when it is the one that stops the application.
    func noteRefusal(of connection: ConnectionID, application: ApplicationID) -> Bool {
        refused.withLock { refused in
            let isNew = refused[application, default: []].insert(connection).inserted
            return isNew && refused[application, default: []].count == Self.mostRefusals
        }
    }

    /// Notes that the application works.
    func noteSuccess(of application: ApplicationID) {
        refused.withLock { $0[application] = nil }
    }
}
