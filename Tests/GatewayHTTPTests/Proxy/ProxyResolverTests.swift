import Foundation
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("What the proxy reads")
struct ProxyResolverTests {
    @Test("is not kept when it was forgotten while it was read, and is the next time")
    func forgottenMeanwhile() async throws {
        try await withGateway { gateway, _ in
            let directory = ProxyDirectory()
            let clock = gateway.clock.wallClock
            let make = Fixtures(clock: gateway.clock)
            let connection: ConnectionID = make.ids.next()
            let token = AccessToken(value: Secret("stale"), generation: 1, expiresAt: clock.now + .seconds(3600))
            let revoked = ProxyResolver(store: gateway.services.store, directory: directory, clock: clock) {
                // Between the read and its answer somebody revokes the connection.
                directory.forget(token: $0)
                return token
            }
            try await revoked.resolve(.token(connection))
            #expect(directory.token(connection, at: clock.now) == nil)
            let calm = ProxyResolver(store: gateway.services.store, directory: directory, clock: clock) { _ in token }
            try await calm.resolve(.token(connection))
            #expect(directory.token(connection, at: clock.now)?.generation == 1)
        }
    }
}
