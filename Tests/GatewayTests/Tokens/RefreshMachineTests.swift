import Testing

@testable import Gateway

@Suite("The refresh machine")
struct RefreshMachineTests {
    private let now = Timestamp(milliseconds: 1_000_000_000)

    private func situation(
        left: Duration, kind: Connection.Kind = .oauth, refreshToken: Bool = true, unfinished: Bool = false,
        forced: Bool = false
    ) -> RefreshMachine.Situation {
        .init(
            kind: kind, expiresAt: now + left, hasRefreshToken: refreshToken, hasUnfinishedPost: unfinished,
            isForced: forced)
    }

    @Test("serves a fresh token and posts for one about to die")
    func ordinary() {
        #expect(RefreshMachine.start(situation(left: .seconds(3600)), at: now) == .serve)
        #expect(RefreshMachine.start(situation(left: .seconds(30)), at: now) == .post)
        #expect(RefreshMachine.start(situation(left: .seconds(-1)), at: now) == .post)
        #expect(RefreshMachine.start(situation(left: .seconds(3600), forced: true), at: now) == .post)
    }

    @Test("never posts a generation whose post is unanswered, forced or not")
    func unanswered() {
        for forced in [false, true] {
            let alive = situation(left: .seconds(30), unfinished: true, forced: forced)
            #expect(RefreshMachine.start(alive, at: now) == .serve)
            let dead = situation(left: .seconds(-1), unfinished: true, forced: forced)
            #expect(RefreshMachine.start(dead, at: now) == .uncertain)
        }
    }

    @Test("asks for the shop owner only when nothing is left to renew with")
    func withoutRefreshToken() {
        #expect(RefreshMachine.start(situation(left: .seconds(30), refreshToken: false), at: now) == .serve)
        #expect(
            RefreshMachine.start(situation(left: .seconds(-1), refreshToken: false), at: now) == .relink(.expired))
    }

    @Test("asks anew for the integrator's own account, which uses nothing up")
    func own() {
        #expect(RefreshMachine.start(situation(left: .seconds(30), kind: .own), at: now) == .grantAnew)
        #expect(RefreshMachine.start(situation(left: .seconds(3600), kind: .own), at: now) == .serve)
    }

    @Test("takes 5xx, redirects and cuts as unanswered, and only OAuth answers as refusals")
    func answers() {
        #expect(RefreshMachine.finish(.success(())) == .store)
        #expect(RefreshMachine.finish(.failure(.notWritten(reason: .connect))) == .close(.notWritten))
        #expect(RefreshMachine.finish(.failure(.limited(retryAfter: nil))) == .close(.refused))
        #expect(RefreshMachine.finish(.failure(.refused(code: "invalid_client", status: 400))) == .close(.refused))
        for code in ["invalid_grant", "unauthorized_client"] {
            #expect(RefreshMachine.finish(.failure(.refused(code: code, status: 400))) == .probe)
        }
        for status in [nil, 302, 500, 502] {
            #expect(RefreshMachine.finish(.failure(.unanswered(status: status))) == .close(.unanswered))
        }
        #expect(RefreshMachine.finish(.failure(.unauthorized)) == .close(.unanswered))
        for reason: UpstreamError.Unreachable in [.dns, .connect, .tls, .timeout] {
            #expect(RefreshMachine.finish(.failure(.notWritten(reason: reason))) == .close(.notWritten))
        }
        #expect(RefreshMachine.finish(.failure(.limited(retryAfter: .seconds(60)))) == .close(.refused))
        for code in ["invalid_request", "invalid_client", "temporarily_unavailable", "INVALID_GRANT", ""] {
            #expect(RefreshMachine.finish(.failure(.refused(code: code, status: 401))) == .close(.refused))
        }
    }

    @Test("draws the line at a minute before the token dies, and at its death")
    func boundaries() {
        let margin = AccessToken.margin
        #expect(RefreshMachine.start(situation(left: margin), at: now) == .post)
        #expect(RefreshMachine.start(situation(left: margin + .milliseconds(1)), at: now) == .serve)
        let alive = situation(left: .milliseconds(1), unfinished: true)
        #expect(RefreshMachine.start(alive, at: now) == .serve)
        #expect(RefreshMachine.start(situation(left: .zero, unfinished: true), at: now) == .uncertain)
        #expect(RefreshMachine.start(situation(left: .zero, refreshToken: false), at: now) == .relink(.expired))
    }

    @Test("keeps a doubt before it asks for the shop owner")
    func doubtWithoutRefreshToken() {
        let dead = situation(left: .seconds(-1), refreshToken: false, unfinished: true)
        #expect(RefreshMachine.start(dead, at: now) == .uncertain)
    }

    @Test("serves a live token that can't be renewed, even to a caller that wants a newer one")
    func forcedWithoutRefreshToken() {
        let forced = situation(left: .seconds(3600), refreshToken: false, forced: true)
        #expect(RefreshMachine.start(forced, at: now) == .serve)
        #expect(
            RefreshMachine.start(situation(left: .seconds(3600), kind: .own, forced: true), at: now) == .grantAnew)
    }

    @Test("holds to its promises in every situation there is")
    func everySituation() {
        let lefts: [Duration] = [.seconds(-1), .zero, .milliseconds(1), .seconds(60), .seconds(61), .seconds(3600)]
        for left in lefts {
            for kind in Connection.Kind.allCases {
                for bits in 0..<8 {
                    let one = situation(
                        left: left, kind: kind, refreshToken: bits & 1 == 1, unfinished: bits & 2 == 2,
                        forced: bits & 4 == 4)
                    let start = RefreshMachine.start(one, at: now)
                    // Posts only an OAuth connection's refresh token that is there and was not posted before.
                    if start == .post { #expect(kind == .oauth && one.hasRefreshToken && !one.hasUnfinishedPost) }
                    if start == .grantAnew { #expect(kind == .own) }
                    // Serves no dead token, and gives no live one up.
                    if start == .serve { #expect(left > .zero) }
                    if start == .uncertain || start == .relink(.expired) { #expect(left <= .zero) }
                    #expect(start != .relink(.refreshRejected))
                }
            }
        }
    }
}
