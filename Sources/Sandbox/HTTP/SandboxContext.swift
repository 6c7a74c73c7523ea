import HTTPTypes
import Hummingbird
import NIOCore

/// The request context of all three listeners; it keeps the connection, so that a fault can cut it.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

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
                return try await handler(Call.reading(request, parameters: context.parameters)).response
            } catch let refusal as Refusal {
                return refusal.reply.response
            }
        }
    }
}
