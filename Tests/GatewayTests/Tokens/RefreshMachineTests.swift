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
    }
}
