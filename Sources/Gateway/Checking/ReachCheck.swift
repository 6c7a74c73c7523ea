/// Whether the redirect URI leads from the world to this gateway.
///
/// Asks the gateway's own address with a fresh nonce, and takes for an answer only what the keyring makes of it: the
/// 200 of another server, or of a page that a front shows, does not pass.
struct ReachCheck: Sendable {
    /// Stands in the path where no application is meant.
    static let anyApplication = "check"

    let address: PublicAddress
    let probe: any AddressProbe
    let random: RandomSource

    /// Asks the redirect URI of an application, or of none.
    func finding(_ check: Finding.Check, application: String = anyApplication) async -> Finding {
        let nonce = base64URL(random.bytes(PublicAddress.nonceLength))
        let answer = await probe.get(address.echoURL(application: application, nonce: nonce))
        let place = "\(address.base)/oauth/callback/"
        switch answer {
        case .answered(200, let body) where body == Array((address.echo(of: nonce) ?? "").utf8):
            return Finding(check, .ok, "\(place)… leads from this machine to this gateway.")
        case .answered(let status, _) where (300...399).contains(status):
            return Finding(
                check, .failure, "\(place)… is answered with a redirect (status \(status)).",
                fix: "Set public_url to the address that is redirected to: it must be answered without a redirect.")
        case .answered(let status, _):
            return Finding(
                check, .failure, "Something else answers at \(place)… (status \(status)).",
                fix: "Let the front hand every path of \(address.base) to this gateway's public listener, or set "
                    + "public_url to the address that leads here.")
        case .failed(let failure):
            return Finding(
                check, .failure, "\(place)… can't be reached from this machine: \(Self.words(failure)).",
                fix: Self.fix(failure, base: address.base))
        }
    }

    private static func words(_ failure: ProbeAnswer.Failure) -> String {
        switch failure {
        case .dns: "the name has no address"
        case .connect: "no connection"
        case .tls: "its certificate is not trusted, or it speaks no TLS"
        case .timeout: "no answer in time"
        case .cut: "the connection ended without an answer"
        }
    }

    private static func fix(_ failure: ProbeAnswer.Failure, base: String) -> String {
        switch failure {
        case .dns: "Enter the name of public_url with your name servers, or correct public_url."
        case .tls: "Give the front a certificate that is valid for public_url, with its whole chain."
        case .connect, .timeout, .cut:
            "Start the front that public_url leads to, and open its port. If only this machine can't reach it, open "
                + "\(base)/healthz from elsewhere to make sure."
        }
    }
}

extension PublicAddress {
    /// Bytes of a nonce.
    static let nonceLength = 32

    /// The redirect URI with a nonce to be echoed.
    func echoURL(application: String, nonce: String) -> String {
        "\(base)/oauth/callback/\(application)?check=\(nonce)"
    }

    /// What only a holder of the keyring can make of a nonce; `nil` for text that is none.
    public func echo(of nonce: String) -> String? {
        guard let raw = bytes(base64URL: nonce), raw.count == Self.nonceLength else { return nil }
        return mac("echo", raw)
    }
}
