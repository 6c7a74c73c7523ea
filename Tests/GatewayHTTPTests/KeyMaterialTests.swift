import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("The keyring's keys")
struct KeyMaterialTests {
    private struct Holder {
        let inner: [String: KeyRing?]
    }

    @Test("are the vault's alone, so that a retired one leaves the memory when the next keyring is in use")
    func keepers() async throws {
        try await withGateway { gateway, _ in
            let services = gateway.services
            #expect(Self.places(of: services, at: "services") == [])
            #expect(Self.places(of: ProxyHolder(lane: services.proxy), at: "proxy") == [])
            // What looks for them finds them.
            let ring = try gateway.keyRingFile.read()
            #expect(Self.places(of: Holder(inner: ["a": ring]), at: "holder").count == 1)
        }
    }

    private struct ProxyHolder {
        let lane: ProxyLane
    }

    /// Where a keyring is kept; what stands behind a lock can't be looked at, and that is where the vault has its own.
    private static func places(of value: Any, at path: String, depth: Int = 0) -> [String] {
        if value is KeyRing { return [path] }
        guard depth < 5 else { return [] }
        let type = String(reflecting: Swift.type(of: value))
        let isOurs = ["Gateway.", "GatewayHTTP.", "GatewayHTTPTests."].contains { type.hasPrefix($0) }
        let isContainer = ["Swift.Optional<", "Swift.Array<", "Swift.Dictionary<", "("].contains { type.hasPrefix($0) }
        guard isOurs || isContainer else { return [] }
        return Mirror(reflecting: value).children.flatMap { child in
            places(of: child.value, at: "\(path).\(child.label ?? "")", depth: depth + 1)
        }
    }
}
