import Gateway
import HTTPTypes
import Hummingbird

extension LinkingRoutes {
    /// The checklist of what was just linked; `nil` where nothing is linked, or its seller is not served.
    func checklist(
        _ result: LinkResult, _ token: LinkToken, _ setting: PageSetting
    ) async throws(Problem) -> ReadinessView? {
        guard let connection = Self.served(result) else { return nil }
        let report = try await readiness.report(on: result.seller, page: connection)
        return ReadinessView(report, token: token, until: result.endsAt, setting)
    }

    /// Sets a terminal of the account that this browser has just linked to PDV mode.
    func setPDV(_ terminal: String?, _ visit: LinkVisit) async throws(Problem) -> Response {
        let nobody = PageSetting(visit.language.continuing(nil), nil, languagePath: nil)
        guard let cookie = visit.ownCookie, let terminal = terminal.flatMap({ TerminalID($0) }),
            let result = try await linker.result(cookie: cookie.proof), let connection = Self.served(result)
        else { return answers.page(pages.nothingHere(link: visit.token?.path, nobody)) }
        let locale = visit.language.continuing(result.link)
        let list = "\(cookie.token.donePath)?lang=\(locale.rawValue)"
        do {
            _ = try await readiness.setPDV(
                terminal, of: connection, byOwner: result.link.id, request: visit.request)
        } catch {
            // Ours alone is a trouble of another kind, which the frame of all pages answers.
            guard ![.storageUnavailable, .internalError, .overloaded].contains(error.code) else { throw error }
            let setting = PageSetting(locale, result.application, languagePath: nil)
            return answers.page(pages.pdvRefused(error.status, list: list, setting))
        }
        return answers.seeOther(list)
    }

    private static func served(_ result: LinkResult) -> Connection? {
        guard result.outcome == .linked, result.seller.state == .active, let connection = result.connection,
            connection.state.isUsable
        else { return nil }
        return connection
    }
}

extension LinkingPages {
    /// The page of a terminal whose mode the provider did not change; `list` is the path of the checklist.
    func pdvRefused(_ status: HTTPResponse.Status, list: String, _ setting: PageSetting) -> LinkingPage {
        let copy = setting.locale.readiness
        return notice(
            status, .stopped, copy.pdvRefused(setting.brand),
            primary: ActionView(href: list, label: copy.backToList), setting)
    }
}

extension LinkToken {
    /// Where the form that sets a terminal to PDV mode goes.
    func pdvPath(of terminal: TerminalID) -> String { "\(path)/terminals/\(terminal)/pdv" }
}
