import NIOCore
import Testing

@testable import DeliveryHTTP

@Suite("The address guard")
struct AddressGuardTests {
    static let forbidden = [
        "0.0.0.0", "0.1.2.3", "0.255.255.255", "10.0.0.0", "10.1.2.3", "10.255.255.255", "100.64.0.0", "100.100.1.1",
        "100.127.255.255", "127.0.0.1", "127.0.0.53", "127.255.255.254", "169.254.0.1", "169.254.169.254",
        "169.254.170.2", "168.63.129.16", "172.16.0.1", "172.20.10.1", "172.31.255.255", "192.0.0.1", "192.0.0.192",
        "192.0.2.5",
        "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7",
        "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "250.1.1.1", "255.255.255.255",
        "::", "::1", "::2", "::127.0.0.1", "::8.8.8.8", "::ffff:0:0", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:53aa::1",
        "2001:2::1", "2001:10::1", "2001:1ff:ffff::1", "2001:db8::1", "2001:db8:ffff::1", "2002:7f00:1::1",
        "2002:808:808::1", "3fff::1", "3fff:0fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
        "fec0::1", "ff02::1", "ff0e::1",
    ]
    static let allowed = [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:200::1", "2001:4860:4860::8888",
        "2600:1f18::1", "2a00:1450::1", "2003::1", "3ffe::1",
    ]

    @Test("DLV 11: refuses what is not public", arguments: forbidden)
    func refuses(address: String) throws {
        #expect(!AddressGuard(allowLoopback: false).allows(try SocketAddress(ipAddress: address, port: 443)))
    }

    @Test("lets public addresses through", arguments: allowed)
    func allows(address: String) throws {
        #expect(AddressGuard(allowLoopback: false).allows(try SocketAddress(ipAddress: address, port: 443)))
    }

    @Test("knows the addresses of this machine's interfaces")
    func own() throws {
        #expect(AddressGuard.isOwn(try SocketAddress(ipAddress: "127.0.0.1", port: 443)))
        #expect(!AddressGuard.isOwn(try SocketAddress(ipAddress: "8.8.8.8", port: 443)))
    }

    @Test("lets this machine through in development and nothing else", arguments: forbidden)
    func development(address: String) throws {
        let isLoopback = address.hasPrefix("127.") || address == "::1"
        #expect(
            AddressGuard(allowLoopback: true).allows(try SocketAddress(ipAddress: address, port: 443)) == isLoopback)
    }
}
