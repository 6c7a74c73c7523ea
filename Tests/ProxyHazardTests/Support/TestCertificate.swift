import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import TestSupport
import X509

@testable import GatewayHTTP

/// A certificate that signed itself, for `localhost`, in two PEM files.
struct TestCertificate {
    let certificateFile: String
    let privateKeyFile: String

    /// Writes another pair into the folder, over the one that is there.
    static func write(in folder: String) throws -> TestCertificate {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("localhost") }
        let start = Date(timeIntervalSinceNow: -3600)
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PrivateKey(key).publicKey, notValidBefore: start,
            notValidAfter: start.addingTimeInterval(86_400), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                SubjectAlternativeNames([.dnsName("localhost")])
            }, issuerPrivateKey: Certificate.PrivateKey(key))
        let files = TestCertificate(certificateFile: folder + "/tls.pem", privateKeyFile: folder + "/tls.key")
        try certificate.serializeAsPEM().pemString.write(
            toFile: files.certificateFile, atomically: true, encoding: .utf8)
        try key.pemRepresentation.write(toFile: files.privateKeyFile, atomically: true, encoding: .utf8)
        return files
    }

    /// What a client needs to take this certificate and no other.
    func clientConfiguration() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificateFile))
        return tls
    }
}

extension ServerCertificate {
    /// What a listener shows with these files.
    convenience init(_ files: TestCertificate) throws(ServerCertificateError) {
        try self.init(
            certificateFile: files.certificateFile, privateKeyFile: files.privateKeyFile, clock: ContinuousClock(),
            logger: LogCapture().logger())
    }
}
