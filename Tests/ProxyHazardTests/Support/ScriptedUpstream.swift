import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A provider that answers byte by byte as a script says, and remembers all that it was sent.
final class ScriptedUpstream: Sendable {
    typealias Bytes = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let requests = Mutex<[String]>([])
    private let connections = Mutex(0)

    /// Every request that came whole, over all connections.
    var received: [String] { requests.withLock { $0 } }
    /// Connections so far.
    var connectionCount: Int { connections.withLock { $0 } }

    /// Runs `test` with the port; `script` runs once for each connection, told its number from 0 on.
    static func run(
        _ script: Script, _ test: @Sendable (ScriptedUpstream, Int) async throws -> Void
    ) async throws {
        let upstream = ScriptedUpstream()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
            }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { accepted in
                    try await withThrowingDiscardingTaskGroup { each in
                        for try await connection in accepted {
                            let number = upstream.connections.withLock { count in
                                count += 1
                                return count - 1
                            }
                            each.addTask { try? await upstream.serve(connection, number, script) }
                        }
                    }
                }
            }
            try await test(upstream, server.channel.localAddress?.port ?? 0)
            group.cancelAll()
        }
    }

    private func serve(_ connection: Bytes, _ number: Int, _ script: Script) async throws {
        try await connection.executeThenClose { inbound, outbound in
            let conversation = Conversation(
                number: number, inbound: inbound, outbound: outbound, channel: connection.channel
            ) { request in self.requests.withLock { $0.append(request) } }
            try await script.run(conversation)
        }
    }
}

/// What a provider does with one connection.
struct Script: Sendable {
    let run: @Sendable (Conversation) async throws -> Void

    init(_ run: @escaping @Sendable (Conversation) async throws -> Void) {
        self.run = run
    }
}

/// One connection as a script sees it.
final class Conversation {
    /// Which connection it is, from 0 on.
    let number: Int
    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let channel: any Channel
    private let note: (String) -> Void
    private var buffer = ""

    init(
        number: Int, inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, channel: any Channel, note: @escaping (String) -> Void
    ) {
        self.number = number
        iterator = inbound.makeAsyncIterator()
        self.outbound = outbound
        self.channel = channel
        self.note = note
    }

    /// The next request's head; `nil` when the gateway has closed.
    func head() async throws -> String? {
        while true {
            if let end = buffer.range(of: "\r\n\r\n") {
                let head = String(buffer[..<end.upperBound])
                buffer.removeSubrange(..<end.upperBound)
                return head
            }
            guard let bytes = try await iterator.next(isolation: #isolation) else { return nil }
            buffer += String(buffer: bytes)
        }
    }

    /// The next request whole; `nil` when the gateway has closed.
    func request() async throws -> String? {
        guard let head = try await head() else { return nil }
        let lower = head.lowercased()
        var body = ""
        if let found = lower.range(of: "content-length: ") {
            let length = Int(lower[found.upperBound...].prefix { $0.isNumber }) ?? 0
            while buffer.utf8.count < length, let bytes = try await iterator.next(isolation: #isolation) {
                buffer += String(buffer: bytes)
            }
            body = String(decoding: buffer.utf8.prefix(length), as: UTF8.self)
            buffer = String(decoding: buffer.utf8.dropFirst(length), as: UTF8.self)
        } else if lower.contains("transfer-encoding: chunked") {
            while !buffer.contains("0\r\n\r\n"), let bytes = try await iterator.next(isolation: #isolation) {
                buffer += String(buffer: bytes)
            }
            let end = buffer.range(of: "0\r\n\r\n")?.upperBound ?? buffer.endIndex
            body = String(buffer[..<end])
            buffer.removeSubrange(..<end)
        }
        note(head + body)
        return head + body
    }

    /// Waits until the gateway has ended the connection.
    func untilClosed() async throws {
        while try await iterator.next(isolation: #isolation) != nil {}
    }

    func write(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

    /// Ends the connection at once.
    func close() async throws { try? await channel.close() }

    /// Answers every request with the same.
    func answerAll(_ answer: String) async throws {
        while try await request() != nil { try await write(answer) }
    }
}

/// Answers in their wire form.
enum Wire {
    static func ok(_ body: String = "{}", _ fields: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
