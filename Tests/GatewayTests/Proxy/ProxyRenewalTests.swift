import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("A call that was answered 401")
struct ProxyRenewalTests {
    /// A refresher that counts, and gives what it is told.
    private final class Refresher: Sendable {
        let calls = Mutex(0)
        let answer: Mutex<Result<Int, Problem>>

        init(_ answer: Result<Int, Problem>) {
            self.answer = Mutex(answer)
        }

        var count: Int { calls.withLock { $0 } }
    }

    private let stage = ProxyStage()
    private let refused = Array("refused".utf8)

    private func renewal(_ refresher: Refresher) -> ProxyRenewal {
        let now = stage.make.clock.now
        return ProxyRenewal(
            directory: stage.directory, clock: stage.make.clock.wallClock, monotonic: stage.make.clock.monotonic,
            isTokenRefused: { _, body in body == Array("refused".utf8) },
            renew: { _, _ async throws(Problem) in
                refresher.calls.withLock { $0 += 1 }
                let generation = try refresher.answer.withLock { $0 }.get()
                return AccessToken(value: Secret("new"), generation: generation, expiresAt: now + .seconds(3600))
            })
    }

    private func forward(_ method: String = "GET", _ target: String = "/users/me") throws -> ProxyForward {
        let (seller, _) = stage.linkedSeller()
        return try #require(stage.decide(method, target, key: stage.key(boundTo: seller.id)).forward)
    }

    @Test("is sent again once its token was renewed")
    func renewed() async throws {
        let refresher = Refresher(.success(2))
        #expect(await renewal(refresher).isWorthRetrying(try forward(), status: 401, body: refused))
        #expect(refresher.count == 1)
    }

    @Test("stays as it is where the token was not what was refused")
    func otherReasons() async throws {
        let refresher = Refresher(.success(2))
        let renewal = renewal(refresher)
        let forward = try forward()
        #expect(await !renewal.isWorthRetrying(forward, status: 401, body: Array("live credentials".utf8)))
        #expect(await !renewal.isWorthRetrying(forward, status: 403, body: refused))
        #expect(refresher.count == 0)
    }

    @Test("is sent again without a renewal where another call has renewed the token")
    func renewedByAnother() async throws {
        let refresher = Refresher(.success(2))
        let forward = try forward()
        stage.directory.keep(
            AccessToken(value: Secret("newer"), generation: 5, expiresAt: stage.make.clock.now + .seconds(3600)),
            of: forward.connection, at: stage.make.clock.now, epoch: stage.directory.epoch)
        #expect(await renewal(refresher).isWorthRetrying(forward, status: 401, body: refused))
        #expect(refresher.count == 0)
    }

    @Test("is not sent again when it must not be, but has its token renewed for the next")
    func unsafe() async throws {
        let refresher = Refresher(.success(2))
        let forward = try forward("POST", "/point/devices/PAX_1/payment-intents")
        #expect(await !renewal(refresher).isWorthRetrying(forward, status: 401, body: refused))
        #expect(refresher.count == 1)
    }

    @Test("is not sent again where there is no newer token to be had")
    func nothingNewer() async throws {
        let forward = try forward()
        #expect(await !renewal(Refresher(.success(1))).isWorthRetrying(forward, status: 401, body: refused))
        let failing = Refresher(.failure(Problem(.needsRelink, "")))
        #expect(await !renewal(failing).isWorthRetrying(forward, status: 401, body: refused))
    }

    @Test("renews no token that was renewed for this a moment ago")
    func pause() async throws {
        // The provider refuses generation 1, then generation 2 that came for it.
        let refresher = Refresher(.success(2))
        let renewal = renewal(refresher)
        let first = try forward()
        #expect(await renewal.isWorthRetrying(first, status: 401, body: refused))
        stage.directory.forget(token: first.connection)
        stage.directory.keep(
            AccessToken(value: Secret("new"), generation: 2, expiresAt: stage.make.clock.now + .seconds(3600)),
            of: first.connection, at: stage.make.clock.now, epoch: stage.directory.epoch)
        let second = try #require(stage.decide(key: stage.key(boundTo: first.seller)).forward)
        refresher.answer.withLock { $0 = .success(3) }
        for _ in 0..<5 { #expect(await !renewal.isWorthRetrying(second, status: 401, body: refused)) }
        #expect(refresher.count == 1)
        stage.make.clock.advance(by: ProxyRenewal.pause)
        #expect(await renewal.isWorthRetrying(second, status: 401, body: refused))
        #expect(refresher.count == 2)
    }
}
