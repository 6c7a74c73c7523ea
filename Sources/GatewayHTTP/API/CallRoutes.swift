import Gateway
import Hummingbird

/// `/v1/calls`.
struct CallRoutes: Sendable {
    let calls: Calls

    func add(to api: APIRoutes) {
        api.get("/calls") { call in
            let (found, next) = try await calls.list(try filter(call), page: try call.page(), for: call.principal)
            return ListResource(found.map { CallResource($0) }, next: next?.description)
        }
    }

    private func filter(_ call: APICall) throws -> CallFilter {
        CallFilter(
            seller: try call.query("seller").map { try shaped($0, "seller", "a seller's id") },
            key: try call.query("key").map { try shaped($0, "key", "a key's id") },
            status: try call.query("status").map { text in
                guard let status = Int(text), (100...599).contains(status) else {
                    throw Problem.invalid("status", "Give a status such as 502.")
                }
                return status
            }, since: try call.time("since"), until: try call.time("until"))
    }
}

/// A line of the call log as the API shows it.
struct CallResource: Encodable {
    let id, startedAt, seller, key, method, route: String
    let status, microseconds, requestBytes, responseBytes: Int

    init(_ call: CallRecord) {
        id = call.id.description
        startedAt = call.startedAt.description
        seller = call.seller.description
        key = call.key.description
        method = call.method
        route = call.route
        status = call.status
        microseconds = call.microseconds
        requestBytes = call.requestBytes
        responseBytes = call.responseBytes
    }
}
