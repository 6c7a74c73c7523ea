import Testing

@testable import Gateway

@Suite("The refresh machine")
struct RefreshMachineTests {
    private let now = Timestamp(milliseconds: 1_000_000_000)

    private func situation(
        left: Duration, kind: Connection.Kind = .oauth, refreshToken: Bool = true,
        unfinished: RefreshMachine.Unfinished? = nil, demand: RefreshMachine.Demand = .use, isRefused: Bool = false,
        isHeld: Bool = false
    ) -> RefreshMachine.Situation {
        .init(
            kind: kind, expiresAt: now + left, hasRefreshToken: refreshToken, unfinished: unfinished, demand: demand,
            isRefused: isRefused, isHeld: isHeld)
    }

    private func unanswered(
        _ ago: Duration = .seconds(3600), lastTries: Int = 0, isUnderWay: Bool = false
    ) -> RefreshMachine.Unfinished {
        .init(isUnderWay: isUnderWay, lastTries: lastTries, postedAt: now - ago)
    }

    @Test("serves a fresh token and posts for one about to die")
    func ordinary() {
        #expect(RefreshMachine.start(situation(left: .seconds(3600)), at: now) == .serve)
        #expect(RefreshMachine.start(situation(left: .seconds(30)), at: now) == .post)
        #expect(RefreshMachine.start(situation(left: .seconds(-1)), at: now) == .post)
        #expect(RefreshMachine.start(situation(left: .seconds(3600), demand: .person), at: now) == .post)
    }

    @Test("posts nothing of a pair that another system may renew, and serves it while it lives")
    func held() {
        for demand: RefreshMachine.Demand in [.use, .sweep] {
            #expect(
                RefreshMachine.start(situation(left: .seconds(30), demand: demand, isHeld: true), at: now) == .serve)
            #expect(RefreshMachine.start(situation(left: .seconds(-1), demand: demand, isHeld: true), at: now) == .held)
        }
        let asked = situation(left: .seconds(3600), demand: .person, isHeld: true)
        #expect(RefreshMachine.start(asked, at: now) == .held)
        let refused = situation(left: .seconds(3600), isRefused: true, isHeld: true)
        #expect(RefreshMachine.start(refused, at: now) == .held)
        // Nothing will ever renew it, whoever stops.
        let dead = situation(left: .seconds(-1), refreshToken: false, isHeld: true)
        #expect(RefreshMachine.start(dead, at: now) == .relink(.expired))
    }

    @Test("gives an unanswered generation one last try: near its end, once refused, or when a person asks")
    func lastTry() {
        let day = Duration.seconds(86_400)
        for demand: RefreshMachine.Demand in [.use, .sweep] {
            let early = situation(left: day * 15, unfinished: unanswered(), demand: demand)
            #expect(RefreshMachine.start(early, at: now) == .serve)
        }
        let late = situation(left: day * 14, unfinished: unanswered(), demand: .sweep)
        #expect(RefreshMachine.start(late, at: now) == .postLastTry)
        let asked = situation(left: day * 100, unfinished: unanswered(), demand: .person)
        #expect(RefreshMachine.start(asked, at: now) == .postLastTry)
        let refused = situation(left: day * 100, unfinished: unanswered(), isRefused: true)
        #expect(RefreshMachine.start(refused, at: now) == .postLastTry)
        let dead = situation(left: .seconds(-1), unfinished: unanswered())
        #expect(RefreshMachine.start(dead, at: now) == .postLastTry)
    }

    @Test("tries a dead pair again with ever longer waits, and leaves a living one alone after its last try")
    func afterTheLastTry() {
        let alive = situation(left: .seconds(30), unfinished: unanswered(lastTries: 1), demand: .person)
        #expect(RefreshMachine.start(alive, at: now) == .serve)
        for (tries, wait) in [(1, 60), (2, 120), (3, 240), (40, 6 * 3600)] {
            let soon = unanswered(.seconds(wait - 1), lastTries: tries)
            #expect(RefreshMachine.start(situation(left: .zero, unfinished: soon), at: now) == .uncertain)
            let due = unanswered(.seconds(wait), lastTries: tries)
            #expect(RefreshMachine.start(situation(left: .zero, unfinished: due), at: now) == .postLastTry)
        }
    }

    @Test("waits for a post that is under way, whoever asks")
    func underWay() {
        for demand: RefreshMachine.Demand in [.use, .sweep, .person] {
            let other = situation(left: .seconds(-1), unfinished: unanswered(isUnderWay: true), demand: demand)
            #expect(RefreshMachine.start(other, at: now) == .wait)
        }
    }

    @Test("believes a refusal when the access token is dead, or when an hour and a second refusal have passed")
    func verdicts() {
        typealias Machine = RefreshMachine
        func verdict(_ code: String, last: Bool = false, alive: Bool, before: Bool = false) -> Machine.Verdict {
            Machine.verdict(code: code, isLastTry: last, isAlive: alive, wasRefusedBefore: before)
        }
        #expect(verdict("invalid_grant", alive: true) == .keep)
        #expect(verdict("invalid_grant", alive: false) == .relink(.refreshRejected))
        #expect(verdict("invalid_grant", alive: true, before: true) == .relink(.refreshRejected))
        #expect(verdict("invalid_grant", last: true, alive: true) == .relink(.rotationLost))
        // The flow may be switched off in the panel: that is the application's, as long as the shop's token works.
        #expect(verdict("unauthorized_client", last: true, alive: true, before: true) == .keep)
        #expect(verdict("unauthorized_client", alive: false) == .relink(.refreshRejected))
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
        let tried = unanswered(.seconds(1), lastTries: 1)
        #expect(RefreshMachine.start(situation(left: .milliseconds(1), unfinished: tried), at: now) == .serve)
        #expect(RefreshMachine.start(situation(left: .zero, unfinished: tried), at: now) == .uncertain)
        #expect(RefreshMachine.start(situation(left: .zero, refreshToken: false), at: now) == .relink(.expired))
    }

    @Test("keeps a doubt before it asks for the shop owner")
    func doubtWithoutRefreshToken() {
        let tried = unanswered(.seconds(1), lastTries: 1)
        let dead = situation(left: .seconds(-1), refreshToken: false, unfinished: tried)
        #expect(RefreshMachine.start(dead, at: now) == .uncertain)
    }

    @Test("serves a live token that can't be renewed, even to a caller that wants a newer one")
    func forcedWithoutRefreshToken() {
        let forced = situation(left: .seconds(3600), refreshToken: false, demand: .person)
        #expect(RefreshMachine.start(forced, at: now) == .serve)
        #expect(
            RefreshMachine.start(situation(left: .seconds(3600), kind: .own, demand: .person), at: now) == .grantAnew)
    }

    @Test("holds to its promises in every situation there is")
    func everySituation() {
        let lefts: [Duration] = [.seconds(-1), .zero, .milliseconds(1), .seconds(60), .seconds(61), .seconds(3600)]
        let posts = [nil, unanswered(), unanswered(.seconds(1), lastTries: 1), unanswered(isUnderWay: true)]
        for left in lefts {
            for kind in Connection.Kind.allCases {
                for demand: RefreshMachine.Demand in [.use, .sweep, .person] {
                    for bits in 0..<16 {
                        let one = situation(
                            left: left, kind: kind, refreshToken: bits & 1 == 1, unfinished: posts[bits >> 2],
                            demand: demand, isRefused: bits & 2 == 2)
                        let start = RefreshMachine.start(one, at: now)
                        // Posts only a refresh token that was not posted before; a last try only one that was.
                        if start == .post { #expect(kind == .oauth && one.hasRefreshToken && one.unfinished == nil) }
                        if start == .postLastTry { #expect(kind == .oauth && one.unfinished?.isUnderWay == false) }
                        if start == .grantAnew { #expect(kind == .own) }
                        // Serves no dead token, and gives no live one up.
                        if start == .serve { #expect(left > .zero && !one.isRefused) }
                        if start == .uncertain || start == .relink(.expired) { #expect(left <= .zero || one.isRefused) }
                        #expect(start != .relink(.refreshRejected))
                    }
                }
            }
        }
    }
}
