import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

/// `/v1/audit`.
struct AuditRoutes: Sendable {
    /// The media type of an export: one JSON document a line.
    static let lines = "application/x-ndjson"

    let audit: Audit

    func add(to api: APIRoutes) {
        api.answer("/audit") { call in
            let filter = try filter(call)
            let page = try call.page()
            guard call.request.headers[.accept]?.contains(Self.lines) == true else {
                let found = try await audit.list(filter, page: page, for: call.principal)
                let list = ListResource(found, page: page, id: \.id.description) { AuditEntryResource($0) }
                return try APIRoutes.json(list, status: .ok)
            }
            try await audit.beginExport(by: call.caller)
            return export(filter, after: page.after, for: call.principal)
        }
        api.get("/audit/verify") { call in AuditVerdictResource(try await audit.verify(for: call.principal)) }
    }

    // Page by page, so that what is kept at once does not grow with the audit.
    private func export(_ filter: AuditFilter, after: ULID?, for principal: Principal) -> Response {
        let body = ResponseBody { [audit] writer in
            var page = Page(limit: 200, after: after)
            while true {
                let found = try await audit.list(filter, page: page, for: principal)
                var lines = ByteBuffer()
                for entry in found {
                    lines.writeBytes(try JSONEncoder.gateway.encode(AuditEntryResource(entry)))
                    lines.writeString("\n")
                }
                if lines.readableBytes > 0 { try await writer.write(lines) }
                guard let last = found.last, found.count == page.limit else { break }
                page = Page(limit: page.limit, after: last.id.ulid)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: Self.lines, .cacheControl: "no-store"], body: body)
    }

    private func filter(_ call: APICall) throws -> AuditFilter {
        AuditFilter(
            seller: try call.query("seller").map { try shaped($0, "seller", "a seller's id") },
            action: try call.query("action").map { try word($0, "action") },
            actor: try call.query("actor").map { try shaped($0, "actor", "an id of the audit, command or gateway") },
            since: try call.time("since"), until: try call.time("until"))
    }
}

/// A line of the audit as the API shows it.
struct AuditEntryResource: Encodable {
    let id, at, actor, action, subject: String
    let seller, request: String?

    init(_ entry: AuditEntry) {
        id = entry.id.description
        at = entry.at.description
        actor = entry.actor.description
        action = entry.action.rawValue
        subject = entry.subject
        seller = entry.seller?.description
        request = entry.request
    }
}

/// What the check of the chain came to, as the API shows it.
struct AuditVerdictResource: Encodable {
    let checked, unchained: Int
    let intact: Bool
    let newestHash: String
    let fault, brokenAt: String?

    init(_ verdict: AuditVerdict) {
        checked = verdict.checked
        unchained = verdict.unchained
        intact = verdict.isIntact
        newestHash = base64URL(verdict.newestHash)
        fault = verdict.fault?.rawValue
        brokenAt = verdict.brokenAt?.description
    }
}
