import NIOCore
import NIOPosix
import NIOSSL

/// A caller that sends bytes as they are.
final class RawCaller {
    /// An answer taken apart.
    struct Answer: Equatable {
        let status: Int
        /// All lines of the head after the first, names in lower case.
        let fields: [String]
        let body: String

        func field(_ name: String) -> String? {
            fields.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
        }
    }

    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let channel: any Channel
    private var buffer: [UInt8] = []

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        channel: any Channel
    ) {
        iterator = inbound.makeAsyncIterator()
        self.outbound = outbound
        self.channel = channel
    }

    /// Lends a connection to the port, with the handshake of TLS behind it where that is given.
    static func connected(
        to port: Int, tls: TLSConfiguration? = nil, _ body: (RawCaller) async throws -> Void
    ) async throws {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        try await connection.executeThenClose { inbound, outbound in
            try await body(RawCaller(inbound: inbound, outbound: outbound, channel: connection.channel))
        }
    }

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

    func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// Says that nothing more comes, and goes on listening.
    func finishSending() { outbound.finish() }

    /// Ends the connection at once.
    func close() async throws { try? await channel.close() }

    /// The next answer; `nil` where the connection ends before it is whole.
    func answer(toHead: Bool = false) async throws -> Answer? {
        guard let head = try await take(until: "\r\n\r\n") else { return nil }
        let lines = head.split(separator: "\r\n").map(String.init)
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        let fields = lines.dropFirst().map { line in
            let name = line.prefix { $0 != ":" }
            return name.lowercased() + line.dropFirst(name.count)
        }
        var body = ""
        if !toHead, status != 204 {
            if let length = fields.first(where: { $0.hasPrefix("content-length: ") })?.dropFirst(16) {
                guard let taken = try await take(Int(length) ?? 0) else { return nil }
                body = taken
            } else if fields.contains("transfer-encoding: chunked") {
                while true {
                    // CR LF is one character.
                    guard let line = try await take(until: "\r\n"), let size = Int(line.dropLast(), radix: 16),
                        let chunk = try await take(size + 2)
                    else { return nil }
                    if size == 0 { break }
                    body += chunk.dropLast()
                }
            }
        }
        return Answer(status: status, fields: Array(fields), body: body)
    }

    /// All that comes until the connection ends.
    func rest() async throws -> String {
        while try await more() {}
        return String(decoding: buffer, as: UTF8.self)
    }

    private func more() async throws -> Bool {
        do {
            guard let bytes = try await iterator.next(isolation: #isolation) else { return false }
            buffer += bytes.readableBytesView
            return true
        } catch is IOError {
            return false
        } catch NIOSSLError.uncleanShutdown {
            return false
        }
    }

    private func take(_ count: Int) async throws -> String? {
        while buffer.count < count { guard try await more() else { return nil } }
        defer { buffer.removeFirst(count) }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    private func take(until end: String) async throws -> String? {
        let end = Array(end.utf8)
        while true {
            if let found = buffer.firstRange(of: end) { return try await take(found.upperBound) }
            guard try await more() else { return nil }
        }
    }
}
