import ArgumentParser
import Foundation
import Gateway

/// `enlace listen`: a seller's events where nobody can call.
struct ListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "listen", "Fetch a seller's events as they come, and hand them to a program on this machine.",
        about: """
            For a till behind a router, and for trying things out. Each event is handed on until it is answered with \
            2xx, and only then the next one: in order, none missed, one twice at most where this command is stopped \
            between two. It goes on after the gateway or the program was away.
            """,
        examples: "enlace listen --seller ref:shop-12",
        "enlace listen --seller ref:shop-12 --forward http://localhost:3000/hook --position-file position")

    @Option(help: "Whose events: sel_…, or ref: and your own id.") var seller: SellerReference
    @Option(help: "URL that events are posted to, signed like any delivery (default: they are only shown).")
    var forward: String?
    @Option(
        help: "File with the secret whsec_… that signs, mode 0600 (default: a new one, shown once).",
        completion: .file())
    var secretFile: String?
    @Option(help: "Where to begin: oldest, newest or an event's id (default: newest).") var from = "newest"
    @Option(
        help: "File that remembers where it was; where it exists it says where to begin.", completion: .file())
    var positionFile: String?
    @OptionGroup(title: "Gateway") var client: ClientOptions

    func validate() throws {
        guard ["oldest", "newest"].contains(from) || EventID(from) != nil else {
            throw ValidationError("Give --from oldest, newest or an event's id.")
        }
        if let forward, !["http", "https"].contains(URL(string: forward)?.scheme) {
            throw ValidationError("Give --forward an absolute http or https URL.")
        }
    }

    func run() async throws {
        do {
            let configuration = try client.configuration()
            let secret = try signingSecret()
            try await APIClient.withClient(url: configuration.url, key: configuration.key) { api in
                try await EventListener(
                    api: api, seller: seller, forward: forward, secret: secret, positionFile: positionFile,
                    isJSON: client.json
                ).run(from: from)
            }
        } catch {
            throw try Output.exitCode(for: error)
        }
    }

    private func signingSecret() throws -> SigningSecret? {
        guard forward != nil else { return nil }
        if let secretFile {
            guard let secret = SigningSecret(try PrivateFile(path: secretFile).read()) else {
                throw ValidationError("\(secretFile) holds no secret of the form whsec_….")
            }
            return secret
        }
        let text = Secret("whsec_" + Data(RandomSource.system.bytes(32)).base64EncodedString())
        Output.tell("Signed with \(text.reveal { $0 }) for as long as this runs.")
        return SigningSecret(text)
    }
}
