import Gateway
import HTTPTypes
import Hummingbird

/// The page where a shop owner sees what is linked, and unlinks it.
struct StatusRoutes: Sendable {
    private let links: StatusLinks
    private let linking: LinkingRoutes
    private let pages = LinkingPages()

    /// Takes what it uses; `linking` answers and refuses as for the other pages.
    init(links: StatusLinks, linking: LinkingRoutes) {
        self.links = links
        self.linking = linking
    }

    /// Adds the routes.
    func add(to router: Router<GatewayRequestContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/status/{ticket}", method: method) { request, context in
                let response = await linking.answer(request, context) { visit in
                    let asked = request.uri.queryParameters["unlinked"].flatMap { ConnectionID(String($0)) }
                    let ticket = context.parameters.get("ticket") ?? ""
                    let result = try await links.page(ticket: ticket, asked: asked)
                    return linking.answers.page(page(result, ticket, visit.language))
                }
                return request.method == .head ? response.createHeadResponse() : response
            }
        }
        router.post("/status/{ticket}/unlink/{connection}") { request, context in
            await linking.answer(request, context) { visit in
                if let refusal = try await linking.refusal(request, visit) { return linking.answers.page(refusal) }
                return try await unlink(context, visit.language)
            }
        }
    }

    private func unlink(
        _ context: GatewayRequestContext, _ language: PageLanguage
    ) async throws(Problem) -> Response {
        let ticket = context.parameters.get("ticket") ?? ""
        guard let id = context.parameters.get("connection").flatMap({ ConnectionID($0) }) else {
            return linking.answers.page(page(.unknown, ticket, language))
        }
        let result = try await links.unlink(id, ticket: ticket)
        // A reload must not send the form again.
        guard case .page = result else { return linking.answers.page(page(result, ticket, language)) }
        return linking.answers.seeOther("/status/\(ticket)?lang=\(language.inviting(nil).rawValue)&unlinked=\(id)")
    }

    private func page(_ result: StatusResult, _ ticket: String, _ language: PageLanguage) -> LinkingPage {
        let locale = language.inviting(nil)
        switch result {
        case .unknown: return pages.notice(.notFound, .stopped, locale.copy.statusUnknown, PageSetting(locale, nil))
        case .expired: return pages.notice(.gone, .stopped, locale.copy.statusExpired, PageSetting(locale, nil))
        case .page(let page): return pages.status(page, ticket: ticket, locale)
        }
    }
}
