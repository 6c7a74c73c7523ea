/// Asks an address of the gateway's own from this machine, as the world would.
public protocol AddressProbe: Sendable {
    /// Asks once with GET, follows no redirect, and gives up after a few seconds.
    func get(_ url: String) async -> ProbeAnswer
}

/// What came of asking.
public enum ProbeAnswer: Hashable, Sendable {
    /// Somebody answered; a body longer than 4 KiB is given as none.
    case answered(status: Int, body: [UInt8])
    /// Nobody did.
    case failed(Failure)

    /// Why nobody did.
    public enum Failure: String, Hashable, Sendable {
        /// The name has no address.
        case dns
        /// No connection.
        case connect
        /// No trust in the certificate, or no TLS at all.
        case tls
        /// Too late.
        case timeout
        /// The connection ended without an answer.
        case cut
    }
}
