import AsyncHTTPClient
import Foundation
import Gateway
import GatewayServer
import NIOCore
import NIOHTTP1
import NIOPosix

/// Whether a listener's port is free, or taken by the gateway itself.
struct PortCheck: Sendable {
    /// Looks at one listener; `setting` is what its keys begin with.
    func finding(_ check: String, _ listen: ListenSettings, setting: String) async -> DoctorFinding {
        let place = "\(listen.host):\(listen.port)"
        guard listen.port != 0 else { return DoctorFinding(check, .ok, "A free port is taken at each start.") }
        do {
            let server = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            try await server.bind(host: listen.host, port: listen.port).get().close().get()
            return DoctorFinding(check, .ok, "\(place) is free.")
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            if await isGateway(listen) { return DoctorFinding(check, .ok, "A gateway listens on \(place).") }
            return DoctorFinding(
                check, .failure, "Another program listens on \(place).",
                fix: "End it, or give the gateway another port: \(setting).port.")
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            return DoctorFinding(
                check, .failure, "The gateway can't listen on \(place): \(reason).",
                fix: "Set \(setting).host to an address of this machine, and \(setting).port to one that this user may "
                    + "take.")
        }
    }

    private func isGateway(_ listen: ListenSettings) async -> Bool {
        let host = ["0.0.0.0", "::"].contains(listen.host) ? "127.0.0.1" : listen.host
        let settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(2)))
        let answer = try? await HTTPClient.withHTTPClient(configuration: settings) { http in
            let url = "http://\(host.contains(":") ? "[\(host)]" : host):\(listen.port)/healthz"
            let response = try await http.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
            return response.headers.first(name: "enlace-request-id")
        }
        return answer?.hasPrefix("req_") ?? false
    }
}
