import AsyncHTTPClient
public import Gateway
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Asks the gateway's own address over the network, with the system's certificate authorities.
public struct HTTPAddressProbe: AddressProbe {
    /// For everything.
    static let deadline = TimeAmount.seconds(8)
    /// Largest answer that is read, in bytes.
    static let largestAnswer = 4 << 10

    /// Nothing is kept between two questions.
    public init() {}

    /// Asks on a connection of its own.
    public func get(_ url: String) async -> ProbeAnswer {
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(4)))
        settings.httpVersion = .http1Only
        settings.connectionPool.retryConnectionEstablishment = false
        do {
            return try await HTTPClient.withHTTPClient(configuration: settings) { http in
                let response = try await http.execute(HTTPClientRequest(url: url), timeout: Self.deadline)
                let status = Int(response.status.code)
                do {
                    let body = try await response.body.collect(upTo: Self.largestAnswer)
                    return .answered(status: status, body: Array(buffer: body))
                } catch is NIOTooManyBytesError {
                    return .answered(status: status, body: [])
                }
            }
        } catch {
            return .failed(Self.failure(error))
        }
    }

    private static func failure(_ error: any Error) -> ProbeAnswer.Failure {
        let timeOuts: [HTTPClientError] = [
            .connectTimeout, .readTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
        ]
        switch error {
        case let error as HTTPClientError where timeOuts.contains(error): return .timeout
        case let error as HTTPClientError where error == .tlsHandshakeTimeout: return .tls
        case let error as NIOConnectionError: return error.connectionErrors.isEmpty ? .dns : .connect
        case is NIOSSLError, is NIOSSLExtraError: return .tls
        case is IOError: return .connect
        default: return .cut
        }
    }
}
