import NIOCore
import NIOPosix

/// A server on a free loopback port that answers each connection as a script says, byte by byte.
enum ScriptedServer {
    /// What a script is told of the request and may do.
    struct Connection {
        /// All bytes that came before the script was run.
        let request: String
        let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        /// Says nothing until the caller gives up.
        func stall() async throws {
            try await Task.sleep(for: .seconds(30))
        }

        /// Writes one character at a time, slowly.
        func drip(_ text: String) async throws {
            for character in text {
                try await write(String(character))
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        func write(_ text: String) async throws {
            try await outbound.write(ByteBuffer(string: text))
        }
    }

    typealias Bytes = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Runs `test` with the server's port; `script` runs once a connection after the request's head has come.
    static func run(
        _ script: @escaping @Sendable (Connection) async throws -> Void, _ test: (Int) async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
            }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { each in
                        for try await connection in connections {
                            each.addTask { try? await serve(connection, script) }
                        }
                    }
                }
            }
            try await test(server.channel.localAddress?.port ?? 0)
            group.cancelAll()
        }
    }

    private static func serve(
        _ connection: Bytes, _ script: @escaping @Sendable (Connection) async throws -> Void
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var request = ""
            for try await bytes in inbound {
                request += String(buffer: bytes)
                // A TLS greeting has no head's end.
                if request.contains("\r\n\r\n") || request.hasPrefix("\u{16}") { break }
            }
            try await script(Connection(request: request, outbound: outbound))
        }
    }
}
