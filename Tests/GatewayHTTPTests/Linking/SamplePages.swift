import HTTPTypes
import TestSupport

@testable import Gateway
@testable import GatewayHTTP

/// Every page of the linking flow, made of one shop, one integrator and one account.
struct SamplePages {
    /// The shop's name.
    var shop = "Panadería Sol"
    /// The integrator's brand.
    var brand = "Caja Feliz"
    /// Whom a shop owner can ask.
    var contact: String? = "ayuda@cajafeliz.example"
    /// The account's name at the provider.
    var nickname = "PANADERIASOL"
    /// Whether real money moves.
    var mode = Mode.live
    /// Where the last page leads.
    var returnURL: String? = "https://cajafeliz.example/back"

    /// What the link was opened with.
    let token = LinkToken(base64URL(Array(repeating: 7, count: 32)))!
    private let fixtures = Fixtures()
    private let pages = LinkingPages()

    /// All pages in a language, each under a name.
    func all(_ locale: PageLocale) -> [(name: String, page: LinkingPage)] {
        first(locale) + ends(locale) + results(locale) + statuses(locale)
    }

    private func first(_ locale: PageLocale) -> [(name: String, page: LinkingPage)] {
        [
            ("invite", pages.invite(invitation(), token: token, setting(locale))),
            ("invite-waiting", pages.invite(invitation(), token: token, isWaiting: true, setting(locale))),
            ("in-app", pages.inApp(url: "https://pagos.example.com" + token.path, token: token, setting(locale))),
            (
                "onward",
                pages.onward(to: Secret("https://auth.example.com/authorization?a=1&b=2"), setting(locale, path: nil))
            ),
        ]
            + OnboardingLink.State.allCases.flatMap { state in
                [
                    ("closed-\(state)", pages.closed(invitation(state), token: token, result: nil, setting(locale))),
                    (
                        "closed-\(state)-mine",
                        pages.closed(invitation(state), token: token, result: token.donePath, setting(locale))
                    ),
                    (
                        "closed-\(state)-asked",
                        pages.closed(invitation(state, isAsked: true), token: token, result: nil, setting(locale))
                    ),
                ]
            }
            + relinks(locale)
    }

    private func relinks(_ locale: PageLocale) -> [(name: String, page: LinkingPage)] {
        let reasons: [Connection.RelinkReason?] = [nil] + Connection.RelinkReason.allCases
        let lefts: [RelinkNotice.Left] = [.open, .over, .days(0), .days(1), .days(12)]
        return reasons.flatMap { reason in
            lefts.map { left in
                let page = invitation(relink: RelinkNotice(reason: reason, left: left))
                return (
                    "relink-\(reason?.rawValue ?? "none")-\(left)", pages.invite(page, token: token, setting(locale))
                )
            }
        }
    }

    private func ends(_ locale: PageLocale) -> [(name: String, page: LinkingPage)] {
        let nobody = PageSetting(locale, nil, languagePath: nil)
        let refusals: [FinishResult.Refusal] = [.stateUnknown, .otherBrowser, .otherApplication, .missingCode]
        return [
            ("unknown", pages.unknown(PageSetting(locale, nil))),
            ("foreign", pages.foreignForm(.forbidden, link: token.path, nobody)),
            ("nothing", pages.nothingHere(link: token.path, nobody)),
            ("trouble", pages.trouble(.serviceUnavailable, retry: token.path, request: "req_1", nobody)),
        ]
            + refusals.map { ("refused-\($0.rawValue)", pages.refused($0, link: nil, setting(locale, path: nil))) }
    }

    private func results(_ locale: PageLocale) -> [(name: String, page: LinkingPage)] {
        let outcomes: [LinkAttempt.Outcome?] = [nil] + LinkAttempt.Outcome.allCases
        return outcomes.map { ("done-\($0?.rawValue ?? "none")", result($0, locale)) } + [
            ("done-linked-configured", result(.linked, locale) { $0.state = .linked }),
            (
                "done-linked-failed",
                result(.linked, locale) {
                    $0.state = .linked
                    $0.webhookState = .failed
                }
            ),
            ("done-linked-awaiting", result(.linked, locale) { $0.state = .awaitingConfirmation }),
            ("done-linked-revoked", result(.linked, locale) { $0.state = .revoked }),
            ("done-no-terminal", result(.linked, locale, evidence: evidence([]))),
            ("done-standalone", result(.linked, locale, evidence: evidence([Self.standalone]))),
            ("done-unknown", result(.linked, locale, evidence: ReadinessEvidence())),
            ("pdv-refused", pages.pdvRefused(.badGateway, list: token.donePath, setting(locale, path: nil))),
        ]
    }

    private func statuses(_ locale: PageLocale) -> [(name: String, page: LinkingPage)] {
        let entries = Connection.State.allCases.map { state in
            StatusPage.Entry(connection: connection { $0.state = state }, application: application)
        }
        let (active, ended) = (entries.filter { $0.connection.state.isActive }, entries.last)
        let shown: [(name: String, entries: [StatusPage.Entry], ended: StatusPage.Entry?)] = [
            ("all", active, nil), ("ended", active, ended), ("none", [], nil), ("last", [], ended),
        ]
        return shown.map { name, entries, ended in
            let page = StatusPage(seller: seller, entries: entries, ended: ended, expiresAt: fixtures.clock.now)
            return ("status-\(name)", pages.status(page, ticket: "ticket", locale))
        }
    }

    /// The page of one end.
    func result(
        _ outcome: LinkAttempt.Outcome?, _ locale: PageLocale, _ change: (inout Connection) -> Void = { _ in },
        evidence: ReadinessEvidence? = nil
    ) -> LinkingPage {
        let made = outcome == .linked ? connection(change) : nil
        return pages.result(
            LinkResult(
                outcome: outcome, link: invitation().link, seller: seller, application: application, connection: made,
                endsAt: fixtures.clock.now + .seconds(600), refusedAccount: masked(nickname: nickname),
                expectedAccount: masked(nickname: "KIOSCOLUNA")),
            token: token, setting(locale), checklist: evidence.map { checklist($0, locale) })
    }

    private func connection(_ change: (inout Connection) -> Void) -> Connection {
        var connection = Connection(
            id: fixtures.ids.next(), seller: seller.id, application: application.id, kind: .oauth,
            account: UpstreamAccount(
                user: UpstreamUserID(rawValue: 42)!, nickname: nickname, email: nil, site: SiteID("MLA")!,
                isTestUser: false),
            maskedEmail: "s***@example.com", liveMode: true, scopes: [], refreshable: true, state: .configuring,
            linkedAt: fixtures.clock.now)
        change(&connection)
        return connection
    }

    /// The checklist that evidence makes, `age` after the attempt began.
    func checklist(_ evidence: ReadinessEvidence, _ locale: PageLocale, age: Duration = .zero) -> ReadinessView {
        let report = ReadinessReport(
            seller: seller, connection: nil, application: application, readiness: Readiness(evidence), terminals: [],
            checkedAt: fixtures.clock.now + age)
        return ReadinessView(
            report, token: token, until: fixtures.clock.now + .seconds(600), setting(locale))
    }

    /// A shop that is linked and has these terminals.
    func evidence(_ terminals: [Terminal], set: [TerminalID: Timestamp] = [:]) -> ReadinessEvidence {
        ReadinessEvidence(
            link: ReadinessEvidence.Link(connection: fixtures.ids.next(), state: .configuring, isHeld: false),
            terminals: .success(terminals), modeChanges: set)
    }

    /// A terminal that works alone.
    static let standalone = Terminal(
        id: TerminalID("PAX_A910__SIM1")!, mode: .standalone, store: "1", pointOfSale: "2")

    private func setting(_ locale: PageLocale, path: String? = "") -> PageSetting {
        PageSetting(locale, application, languagePath: path)
    }

    private func invitation(
        _ state: OnboardingLink.State = .open, isAsked: Bool = false, relink: RelinkNotice? = nil
    ) -> LinkPage {
        LinkPage(
            link: OnboardingLink(
                id: fixtures.ids.next(), seller: seller.id, application: application.id, tokenHash: [], state: .open,
                locale: nil, returnURL: returnURL, expectedUser: nil, createdAt: fixtures.clock.now,
                expiresAt: fixtures.clock.now + .seconds(7 * 86_400), askedAt: isAsked ? fixtures.clock.now : nil),
            state: state, seller: seller, application: application, relink: relink)
    }

    private var seller: Seller { fixtures.seller(shop) }

    private var application: Application {
        Application(
            id: fixtures.ids.next(), name: "POS", brand: brand, supportContact: contact, site: SiteID("MLA")!,
            mode: mode, clientID: "1234567890", pkce: .required, returnURLs: [], createdAt: fixtures.clock.now)
    }
}
