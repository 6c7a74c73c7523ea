import HTTPTypes
import Hummingbird
import NIOCore

/// The request context of all three listeners; it keeps the connection, so that a fault can cut it.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// The line of the ledger, where a refresh token is posted.
    var refreshPost: RefreshPost.ID?
    /// What a fault puts in the place of members of the answer.
    var rewriting: JSON?

    /// Takes the connection over from the server.
    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

extension Router where Context == SandboxContext {
    /// Adds a route whose handler sees the whole request and whose refusals become answers.
    func answer(
        _ method: HTTPRequest.Method, _ path: RouterPath,
        _ handler: @escaping @Sendable (Call) async throws -> Reply
    ) {
        on(path, method: method) { request, context in
            do {
                let reply = try await handler(Call.reading(request, context))
                return (context.rewriting.map { reply.rewritten(by: $0) } ?? reply).response
            } catch let refusal as Refusal {
                return refusal.reply.response
            }
        }
    }
}
