import Foundation
import Gateway
import NIOCore

/// A receiver's URL, read strictly: one spelling of everything, so that what is checked is what is called.
struct EndpointURL: Sendable {
    /// Longest URL in bytes.
    static let longest = 2000
    /// Whether it is called by TLS.
    let isSecure: Bool
    /// Lower-case name, or an address in its canonical form.
    let host: String
    /// The port, written out or not.
    let port: Int
    /// Path and query, from the first slash on.
    let target: String
    /// The value of the `Host` header.
    let authority: String
    /// The address that stands in place of a name.
    let literal: SocketAddress?

    /// Reads a URL.
    ///
    /// - Throws: ``EndpointURLError`` with the reason; addresses behind a name are not looked at here.
    init(_ text: String, _ configuration: DeliveryConfiguration) throws(EndpointURLError) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }),
            let scheme = text.range(of: "://")
        else { throw .malformed }
        let name = text[..<scheme.lowerBound].lowercased()
        guard name == "https" || name == "http" else { throw .scheme }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        guard !rest.contains("#") else { throw .malformed }
        let (host, port) = try Self.split(String(rest[..<end]))
        isSecure = name == "https"
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
        target = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
        authority = String(rest[..<end]).lowercased()
        literal = try Self.literal(host, port: self.port)
        let isLoopback = configuration.allowLoopback && Self.isLoopback(host)
        // DLV 11, own addresses: else an event would come back as a call, behind a front that hides the address.
        if let own = configuration.own, own == (host, self.port) { throw .blockedAddress }
        guard isSecure || isLoopback else { throw .scheme }
        guard isLoopback || configuration.allowedPorts.contains(self.port) else { throw .port }
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }

    private static func split(_ authority: String) throws(EndpointURLError) -> (host: String, port: Int?) {
        guard !authority.contains("@") else { throw .userinfo }
        guard !authority.hasPrefix("[") || authority.contains("]") else { throw .malformed }
        let hostEnd =
            authority.hasPrefix("[")
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) } : authority.firstIndex(of: ":")
        let host = authority[..<(hostEnd ?? authority.endIndex)]
        let suffix = authority[host.endIndex...]
        guard !host.isEmpty, host.utf8.count <= 255 else { throw .malformed }
        guard !suffix.isEmpty else { return (host.lowercased(), nil) }
        let digits = suffix.dropFirst()
        guard suffix.hasPrefix(":"), (1...5).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let port = Int(digits), (1...65535).contains(port)
        else { throw .port }
        return (host.lowercased(), port)
    }

    /// The address that stands in place of a name, `nil` for a name.
    ///
    /// Octal, hexadecimal, short and whole-number spellings of an IPv4 address are no names either.
    private static func literal(_ host: String, port: Int) throws(EndpointURLError) -> SocketAddress? {
        if host.hasPrefix("[") {
            guard let address = try? SocketAddress(ipAddress: String(host.dropFirst().dropLast()), port: port) else {
                throw .addressForm
            }
            return address
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isNumeric = labels.last.map { $0.hasPrefix("0x") || $0.allSatisfy(\.isNumber) } ?? false
        if isNumeric {
            guard labels.count == 4, labels.allSatisfy({ UInt8($0).map(String.init) == String($0) }),
                let address = try? SocketAddress(ipAddress: host, port: port)
            else { throw .addressForm }
            return address
        }
        guard labels.allSatisfy(isLabel) else { throw labels.last == "" ? .addressForm : .malformed }
        return nil
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
    }
}
