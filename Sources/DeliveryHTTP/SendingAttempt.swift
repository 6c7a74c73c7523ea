import Foundation
import Gateway
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// One attempt in hand: what is known of it at any moment, so that a deadline can end it with what there is.
///
/// The status decides once the head is in; a body that stalls or overflows changes nothing (DLV 5).
final class SendingAttempt: Sendable {
    /// As much of a body is read, in bytes; then the connection is closed.
    static let mostRead = 16 << 10
    /// As much of it is kept, in bytes, as it came; what it is as text is cut again.
    static let mostKept = 4 << 10
    /// Most addresses of a name that are tried.
    static let mostAddresses = 4

    private struct State {
        var channel: (any Channel)?
        var isCut = false
        var address: String?
        var status: Int?
        var retryAfter: Duration?
        var excerpt: [UInt8] = []
        var failure: AttemptFailure?
    }

    private let state = Mutex(State())
    private let request: WebhookRequest
    private let tls: NIOSSLContext
    private let loop: any EventLoop
    private let clock: WallClock

    init(_ request: WebhookRequest, tls: NIOSSLContext, loop: any EventLoop, clock: WallClock) {
        self.request = request
        self.tls = tls
        self.loop = loop
        self.clock = clock
    }

    /// What is known now; without a status and a failure it is a time-out.
    func answer() -> WebhookAnswer {
        state.withLock { state in
            WebhookAnswer(
                status: state.status, failure: state.status == nil ? state.failure ?? .timeout : nil,
                excerpt: Self.printable(state.excerpt), retryAfter: state.retryAfter, address: state.address)
        }
    }

    /// Notes why no answer will come.
    func fail(_ failure: AttemptFailure) {
        state.withLock { $0.failure = $0.failure ?? failure }
    }

    /// Closes the connection, also one that is made only later.
    func cut() {
        let channel = state.withLock { state in
            state.isCut = true
            return state.channel
        }
        channel?.close(promise: nil)
    }

    /// Connects to the first address that takes the connection, of a few at most, posts and reads.
    func post(to url: EndpointURL, at addresses: [SocketAddress]) async throws {
        let channel = try await connected(to: url, at: addresses)
        try await channel.executeThenClose { inbound, outbound in
            // At once: a receiver that has the whole body may answer and close before an end that is written apart.
            do {
                try await outbound.write(contentsOf: [
                    .head(head(url)), .body(.byteBuffer(ByteBuffer(bytes: request.body))), .end(nil),
                ])
            } catch {
                // It may have answered all the same; else this is why there is no answer.
                fail(Self.failure(error))
            }
            try await read(inbound)
        }
    }

    /// The class of a failure (DLV 6).
    static func failure(_ error: any Error) -> AttemptFailure {
        switch error {
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: .tls
        case is HTTPParserError: .protocol
        case ChannelError.connectTimeout: .timeout
        case let error as NIOConnectionError: error.connectionErrors.isEmpty ? .dns : .connect
        case let error as IOError:
            [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode) ? .connect : .reset
        default: .reset
        }
    }

    private typealias Wrapped = NIOAsyncChannel<HTTPClientResponsePart, HTTPPart<HTTPRequestHead, IOData>>

    private func connected(to url: EndpointURL, at addresses: [SocketAddress]) async throws -> Wrapped {
        var last: any Error = UnresolvableName()
        for address in addresses.prefix(Self.mostAddresses) {
            // The deadline may have passed while the last one was tried; nothing is begun after it.
            let mayTry = state.withLock { state -> Bool in
                guard !state.isCut else { return false }
                state.address = address.ipAddress
                return true
            }
            guard mayTry else { throw CancellationError() }
            do {
                let channel = try await connect(to: url, at: address)
                let isCut = state.withLock { state in
                    state.channel = channel.channel
                    return state.isCut
                }
                if isCut { channel.channel.close(promise: nil) }
                return channel
            } catch {
                last = error
            }
        }
        throw last
    }

    private func connect(to url: EndpointURL, at address: SocketAddress) async throws -> Wrapped {
        let tls = tls
        return try await ClientBootstrap(group: loop).connectTimeout(HTTPWebhookSender.connectDeadline)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if url.isSecure {
                        // A certificate for an address is checked against the address; SNI carries names only.
                        let name = url.literal == nil ? url.host : nil
                        try pipeline.addHandler(try NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    try pipeline.addHTTPClientHandlers()
                    return try Wrapped(wrappingChannelSynchronously: channel)
                }
            }
    }

    private func head(_ url: EndpointURL) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        headers.add(name: "host", value: url.authority)
        headers.add(name: "user-agent", value: "Enlace")
        for (name, value) in request.headers { headers.add(name: name, value: value) }
        // The reserved ones are written last (DLV 9); identity, because nothing is ever inflated (DLV 5).
        headers.replaceOrAdd(name: "accept-encoding", value: "identity")
        headers.replaceOrAdd(name: "connection", value: "close")
        headers.replaceOrAdd(name: "content-length", value: String(request.body.count))
        return HTTPRequestHead(version: .http1_1, method: .POST, uri: url.target, headers: headers)
    }

    private func read(_ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>) async throws {
        var count = 0
        for try await part in inbound {
            switch part {
            case .head(let head): note(head)
            case .body(let buffer):
                count += buffer.readableBytes
                state.withLock { state in
                    state.excerpt += Array(buffer.readableBytesView.prefix(Self.mostKept - state.excerpt.count))
                }
                if count >= Self.mostRead { return }
            case .end: return
            }
        }
        fail(.reset)
    }

    private func note(_ head: HTTPResponseHead) {
        let wait = head.headers.first(name: "retry-after").flatMap { RetryAfter.duration($0, at: clock.now) }
        state.withLock { state in
            state.status = Int(head.status.code)
            state.retryAfter = wait
        }
    }

    private static func printable(_ bytes: [UInt8]) -> String {
        String(
            String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
                let isControl = scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || scalar.value == 0x7F
                return isControl ? Character("\u{FFFD}") : Character(scalar)
            })
    }
}
