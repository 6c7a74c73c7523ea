import NIOCore

/// Tells which addresses may be called for a seller's URL (DLV 11, SEC C7.1, invariant 8).
///
/// An allow-list for IPv6, a deny-list over the public space for IPv4; an IPv4 address inside an IPv6 one is refused.
struct AddressGuard: Sendable {
    /// Whether this machine itself may be called.
    let allowLoopback: Bool

    /// Whether an address may be called.
    func allows(_ address: SocketAddress) -> Bool {
        switch address {
        case .v4(let address):
            // The bytes behind family and port, in network order on every system that NIO knows.
            return isAllowed(v4: withUnsafeBytes(of: address.address) { Array($0[4..<8]) })
        case .v6(let address):
            // The same, behind the flow label too.
            return isAllowed(v6: withUnsafeBytes(of: address.address) { Array($0[8..<24]) })
        case .unixDomainSocket: return false
        }
    }

    /// Whether an address is one of this machine's own, public ones too, as its interfaces have them now.
    static func isOwn(_ address: SocketAddress) -> Bool {
        let devices = (try? System.enumerateDevices()) ?? []
        return devices.contains { device in
            guard let own = device.address?.ipAddress else { return false }
            return own == address.ipAddress
        }
    }

    func isAllowed(v4 bytes: [UInt8]) -> Bool {
        if bytes[0] == 127 { return allowLoopback }
        return !Self.deniedV4.contains { $0.contains(bytes) }
    }

    func isAllowed(v6 bytes: [UInt8]) -> Bool {
        if bytes == [UInt8](repeating: 0, count: 15) + [1] { return allowLoopback }
        return Self.allowedV6.contains(bytes) && !Self.deniedV6.contains { $0.contains(bytes) }
    }

    private struct Network: Sendable {
        let prefix: [UInt8]
        let bits: Int

        init(_ prefix: [UInt8], _ bits: Int) {
            self.prefix = prefix
            self.bits = bits
        }

        func contains(_ address: [UInt8]) -> Bool {
            (0..<bits).allSatisfy { bit in
                let mask = UInt8(0x80) >> UInt8(bit % 8)
                let wanted = bit / 8 < prefix.count ? prefix[bit / 8] : 0
                return address[bit / 8] & mask == wanted & mask
            }
        }
    }

    // IANA's special-purpose registry of IPv4, Azure's metadata service, and what is not unicast.
    private static let deniedV4 = [
        Network([0], 8), Network([10], 8), Network([100, 64], 10), Network([127], 8), Network([169, 254], 16),
        Network([168, 63, 129, 16], 32), Network([172, 16], 12), Network([192, 0, 0], 24), Network([192, 0, 2], 24),
        Network([192, 88, 99], 24),
        Network([192, 168], 16), Network([198, 18], 15), Network([198, 51, 100], 24), Network([203, 0, 113], 24),
        Network([224], 4), Network([240], 4),
    ]
    // Global unicast, less Teredo and other protocol assignments, documentation, 6to4 and its successor.
    private static let allowedV6 = Network([0x20], 3)
    private static let deniedV6 = [
        Network([0x20, 0x01, 0x00], 23), Network([0x20, 0x01, 0x0D, 0xB8], 32), Network([0x20, 0x02], 16),
        Network([0x3F, 0xFF, 0x00], 20),
    ]
}
