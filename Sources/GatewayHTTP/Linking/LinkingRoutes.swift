import Gateway
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The pages that lead a shop owner from the onboarding link to the provider and back.
struct LinkingRoutes: Sendable {
    /// Largest body of a form in bytes; the forms are empty.
    static let largestForm = 4 << 10
    /// Longest `code` or `state` in bytes that is looked at.
    static let longestParameter = 2 << 10

    private let linker: AccountLinker
    private let applications: Applications
    private let address: PublicAddress
    private let isSecure: Bool
    private let origin: SameOriginPolicy
    private let answers: LinkingAnswers
    private let pages = LinkingPages()

    /// Takes what it uses, and parses the templates.
    init(linker: AccountLinker, applications: Applications, address: PublicAddress) {
        self.linker = linker
        self.applications = applications
        self.address = address
        isSecure = address.isSecure
        origin = SameOriginPolicy(address)
        answers = LinkingAnswers(address)
    }

    /// Adds the routes.
    func add(to router: Router<GatewayRequestContext>) {
        pageRoute("/link/{token}", on: router) { visit in try await invite(visit) }
        pageRoute("/link/{token}/done", on: router) { visit in try await done(visit) }
        router.post("/link/{token}") { request, context in
            await answer(request, context) { visit in
                if let refusal = try await refusal(request, visit) { return answers.page(refusal) }
                return answers.page(try await begin(visit))
            }
        }
        router.post("/link/{token}/undo") { request, context in
            await answer(request, context) { visit in
                if let refusal = try await refusal(request, visit) { return answers.page(refusal) }
                return try await undo(visit)
            }
        }
        // No HEAD here: a callback consumes its `state`.
        router.get("/oauth/callback/{application}") { request, context in
            if let echo = RedirectEcho.answer(request, address) { return echo }
            return await answer(request, context) { visit in try await callback(request, context, visit) }
        }
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/link-assets/style.css", method: method) { request, _ in
                Self.headed(answers.styleSheet(), request)
            }
        }
    }

    private func pageRoute(
        _ path: RouterPath, on router: Router<GatewayRequestContext>,
        _ page: @escaping @Sendable (LinkVisit) async throws -> LinkingPage
    ) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on(path, method: method) { request, context in
                let response = await answer(request, context) { visit in answers.page(try await page(visit)) }
                return Self.headed(response, request)
            }
        }
    }

    private static func headed(_ response: Response, _ request: Request) -> Response {
        request.method == .head ? response.createHeadResponse() : response
    }

    // MARK: The link

    /// Shows the invitation; consumes nothing, because chat programs open links for a preview (SEC C1.8).
    private func invite(_ visit: LinkVisit) async throws(Problem) -> LinkingPage {
        guard let token = visit.token, let page = try await linker.page(token: token.text) else {
            return pages.unknown(PageSetting(visit.language.inviting(nil), nil))
        }
        let setting = PageSetting(visit.language.inviting(page.link), page.application)
        guard page.state == .open else {
            return pages.closed(page.state, result: visit.ownCookie?.token.donePath, setting)
        }
        return pages.invite(page, token: token, setting)
    }

    private func begin(_ visit: LinkVisit) async throws(Problem) -> LinkingPage {
        let unknown = PageSetting(visit.language.inviting(nil), nil, languagePath: visit.token?.path)
        guard let token = visit.token else { return pages.unknown(unknown) }
        switch try await linker.begin(token: token.text) {
        case .unknown: return pages.unknown(unknown)
        case .notOpen(let page):
            let locale = visit.language.inviting(page.link)
            return pages.closed(
                page.state, result: visit.ownCookie?.token.donePath,
                PageSetting(locale, page.application, languagePath: token.path))
        case .go(let url, let proof, let page):
            let locale = visit.language.inviting(page.link)
            var onward = pages.onward(to: url, PageSetting(locale, page.application, languagePath: nil))
            onward.cookie = LinkingCookie(proof: proof, token: token, locale: locale).field(isSecure: isSecure)
            return onward
        }
    }

    // MARK: Back from the provider

    private func callback(
        _ request: Request, _ context: GatewayRequestContext, _ visit: LinkVisit
    ) async throws(Problem) -> Response {
        let application = context.parameters.get("application").flatMap { ApplicationID($0) }
        let parameters = request.uri.queryParameters
        func parameter(_ name: Substring) -> String? {
            parameters[name].flatMap { $0.utf8.count <= Self.longestParameter ? String($0) : nil }
        }
        // The provider sends no `iss`, and `error_description` is nobody's business here (SEC C1.6, C1.10).
        let result = try await linker.finish(
            LinkCallback(
                application: application, state: parameter("state"), code: parameter("code").map { Secret($0) },
                error: parameter("error"), cookie: visit.cookie?.proof))
        let setting = PageSetting(
            visit.language.continuing(nil), try await known(application), languagePath: nil)
        switch result {
        case .refused(let refusal): return answers.page(pages.refused(refusal, link: visit.linkPath, setting))
        case .finished:
            // The cookie proved itself, and one that does has its token with it.
            guard let token = visit.cookie?.token else {
                return answers.page(pages.nothingHere(link: nil, setting))
            }
            return answers.seeOther(token.donePath)
        }
    }

    private func known(_ id: ApplicationID?) async throws(Problem) -> Gateway.Application? {
        guard let id else { return nil }
        do { return try await applications.application(id) } catch {
            guard error.code == .applicationNotFound else { throw error }
            return nil
        }
    }

    // MARK: The result

    private func done(_ visit: LinkVisit) async throws(Problem) -> LinkingPage {
        guard let cookie = visit.ownCookie, let result = try await linker.result(cookie: cookie.proof) else {
            return pages.nothingHere(link: visit.token?.path, PageSetting(visit.language.continuing(nil), nil))
        }
        let setting = PageSetting(visit.language.continuing(result.link), result.application)
        return pages.result(result, token: cookie.token, setting)
    }

    private func undo(_ visit: LinkVisit) async throws(Problem) -> Response {
        guard let cookie = visit.ownCookie, try await linker.undo(cookie: cookie.proof) != nil else {
            let setting = PageSetting(visit.language.continuing(nil), nil, languagePath: nil)
            return answers.page(pages.nothingHere(link: visit.token?.path, setting))
        }
        return answers.seeOther("\(cookie.token.donePath)?lang=\(visit.language.continuing(nil).rawValue)")
    }

    // MARK: Refusals

    /// The page for a form that another site sent; otherwise reads the body to its end and gives `nil`.
    private func refusal(_ request: Request, _ visit: LinkVisit) async throws -> LinkingPage? {
        let setting = PageSetting(visit.language.continuing(nil), nil, languagePath: nil)
        guard origin.allows(request.headers) else {
            return pages.foreignForm(.forbidden, link: visit.linkPath, setting)
        }
        do {
            _ = try await request.body.collect(upTo: Self.largestForm)
            return nil
        } catch is NIOTooManyBytesError {
            return pages.foreignForm(.contentTooLarge, link: visit.linkPath, setting)
        }
    }

    /// Answers a person with a page whatever happens; what was thrown goes to the log by its type alone.
    private func answer(
        _ request: Request, _ context: GatewayRequestContext, _ body: (LinkVisit) async throws -> Response
    ) async -> Response {
        let visit = LinkVisit(request, context, isSecure: isSecure)
        do {
            return try await body(visit)
        } catch {
            let problem = error as? Problem
            let needsOperator = problem.map { $0.code == .internalError } ?? true
            if needsOperator {
                context.logger.error("Request failed", metadata: ["cause": "\(type(of: error))"])
            }
            let setting = PageSetting(visit.language.continuing(nil), nil, languagePath: nil)
            return answers.page(
                pages.trouble(
                    needsOperator ? .internalServerError : .serviceUnavailable, retry: visit.linkPath,
                    request: visit.request, setting))
        }
    }
}
