public import Gateway
public import NIOCore
import NIOHTTP1
public import NIOSSL
import Synchronization

/// The fast lane (DESIGN §7): a handler in front of NIO's codec that serves canonical proxy requests as bytes.
///
/// What it is not certain of, what the policy refuses and what it has to wait for goes on untouched to the ordinary
/// lane behind it, so that there is one place that says no and one that waits.
public final class FastLane: Sendable {
    /// What every event loop's part needs.
    final class Configuration: Sendable {
        let policy: ProxyPolicy
        let resolver: ProxyResolver
        let renewal: ProxyRenewal
        let calls: CallLog
        let headers: HeaderPolicy
        let upstream: UpstreamAddress
        let tls: NIOSSLContext?
        let answerTimeout: TimeAmount
        let idleTimeout: TimeAmount
        let render: @Sendable (Problem, String) -> RenderedProblem
        let clock: WallClock
        let random: RandomSource

        init(
            policy: ProxyPolicy, resolver: ProxyResolver, renewal: ProxyRenewal, calls: CallLog, headers: HeaderPolicy,
            upstream: UpstreamAddress, tls: NIOSSLContext?, answerTimeout: TimeAmount, idleTimeout: TimeAmount,
            render: @escaping @Sendable (Problem, String) -> RenderedProblem, clock: WallClock, random: RandomSource
        ) {
            self.policy = policy
            self.resolver = resolver
            self.renewal = renewal
            self.calls = calls
            self.headers = headers
            self.upstream = upstream
            self.tls = tls
            self.answerTimeout = answerTimeout
            self.idleTimeout = idleTimeout
            self.render = render
            self.clock = clock
            self.random = random
        }
    }

    private let configuration: Configuration
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<LaneLoop>]>([:])

    /// Takes the policy and how the provider is reached.
    ///
    /// - Parameters:
    ///   - policy: Decides about each request, as it does for the ordinary lane.
    ///   - resolver: Finds out what is missing when a request is decided once more.
    ///   - renewal: Renews a token that the provider refused.
    ///   - calls: Gets a line about each call.
    ///   - headers: Which of the provider's headers pass.
    ///   - upstream: Where the provider is.
    ///   - tls: How its certificate is verified; `nil` for an address in clear.
    ///   - answerTimeout: The longest wait for an answer's head, and between two of its parts.
    ///   - idleTimeout: A connection that is silent for so long while nothing is being answered is closed.
    ///   - clock: The time of day, for request ids.
    ///   - random: Where request ids begin.
    ///   - render: Writes a problem as the ordinary lane does.
    public init(
        policy: ProxyPolicy, resolver: ProxyResolver, renewal: ProxyRenewal, calls: CallLog, headers: HeaderPolicy,
        upstream: UpstreamAddress, tls: NIOSSLContext?, answerTimeout: Duration, idleTimeout: Duration,
        clock: WallClock, random: RandomSource,
        render: @escaping @Sendable (Problem, String) -> RenderedProblem
    ) {
        configuration = Configuration(
            policy: policy, resolver: resolver, renewal: renewal, calls: calls, headers: headers, upstream: upstream,
            tls: tls,
            answerTimeout: TimeAmount(answerTimeout),
            idleTimeout: TimeAmount(idleTimeout), render: render, clock: clock, random: random)
    }

    /// Puts the lane right in front of the channel's codec for HTTP/1.1, behind its TLS; to be called on its event loop,
    /// before it reads.
    ///
    /// - Throws: what NIO throws where the channel is closed.
    public func install(on channel: any Channel) throws {
        let loop = loop(of: channel.eventLoop)
        let connection = FastLaneConnection(loop: loop)
        let pipeline = channel.pipeline.syncOperations
        let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
        try pipeline.addHandler(connection, position: .before(encoder))
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(OrdinaryLaneWatch(lane: connection), position: .after(decoder))
    }

    private func loop(of eventLoop: any EventLoop) -> LaneLoop {
        loops.withLock { loops in
            let id = ObjectIdentifier(eventLoop)
            if let bound = loops[id] { return bound }
            let bound = NIOLoopBound(LaneLoop(configuration, eventLoop: eventLoop), eventLoop: eventLoop)
            loops[id] = bound
            return bound
        }.value
    }
}
