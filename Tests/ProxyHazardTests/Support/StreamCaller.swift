import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL

/// A caller of HTTP/2 that sends heads as they are, well-formed or not.
struct StreamCaller {
    typealias Stream = NIOAsyncChannel<HTTP2Frame.FramePayload, HTTP2Frame.FramePayload>

    private let streams: NIOHTTP2Handler.AsyncStreamMultiplexer<Void>

    /// Lends a connection to the port.
    static func connected(
        to port: Int, _ tls: TLSConfiguration, _ body: (StreamCaller) async throws -> Void
    ) async throws {
        var tls = tls
        tls.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: tls)
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection.headerBlockValidation = .disabled
        configuration.connection.contentLengthValidation = .disabled
        let (channel, streams) = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { [configuration] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    let streams = try pipeline.configureAsyncHTTP2Pipeline(
                        mode: .client, configuration: configuration
                    ) { stream in stream.close() }
                    return (channel, streams)
                }
            }
        do {
            try await body(StreamCaller(streams: streams))
            try? await channel.close()
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// Sends a head on a stream of its own; answers the status, or `nil` where the stream was ended without one.
    func status(of fields: [(String, String)], ends: Bool = true) async throws -> String? {
        let stream = try await streams.openStream { channel in
            channel.eventLoop.makeCompletedFuture {
                try Stream(wrappingChannelSynchronously: channel)
            }
        }
        return try await stream.executeThenClose { inbound, outbound in
            do {
                try await outbound.write(.headers(.init(headers: HPACKHeaders(fields), endStream: ends)))
                for try await case .headers(let head) in inbound { return head.headers.first(name: ":status") }
            } catch is NIOHTTP2Errors.StreamClosed {
                // Reset: there is no answer.
            }
            return nil
        }
    }
}
