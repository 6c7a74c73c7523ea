import ArgumentParser
import Foundation
import Gateway
import NIOCore
import NIOHTTP1

extension View {
    /// The certificate of an erasure.
    static let certificate = View(
        ["seller", "erased_at", "checkpoint", "data_keys", "external_ref_hash"],
        sentences: ["covers", "does_not_cover"])
}

extension SellersCommand {
    /// `enlace sellers erase`.
    struct Erase: APICommand {
        static let configuration = CommandConfiguration(
            "erase", "Erase a seller for good and print the certificate.",
            about: """
                Its keys and tokens are destroyed: nothing of it opens again, and nobody can undo it. Ask again by the \
                seller's id for the certificate, or to end an erasure that is not final.
                """,
            examples: "enlace sellers erase ref:shop-12", "enlace sellers erase ref:shop-12 --yes --json")
        static let view = View.certificate

        @Argument(help: .seller) var seller: SellerReference
        @Flag(help: "Don't ask.") var yes = false
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            if !yes {
                guard Prompt.line("Type \(seller) once more to erase it for good") == seller.description else {
                    throw ValidationError("Nothing was erased. Give --yes where nobody can be asked.")
                }
            }
            // The provider is asked to put back the webhooks of its connections, and may take its time.
            return try await api.call(.DELETE, "/v1/sellers/\(seller)", within: .seconds(130))
        }

        func note(on answer: JSONValue) -> String? {
            guard answer["checkpoint"]?.string != "complete" else { return nil }
            return
                "The erasure is not final yet: run `enlace sellers erase \(answer["seller"]?.string ?? "") --yes` again."
        }
    }

    /// `enlace sellers export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "export", "Print all that is held about a seller, a JSON document a line.",
            about:
                "Payloads are opened; tokens and secrets are never shown. The last line counts the records before it.",
            examples: "enlace sellers export ref:shop-12 > shop-12.ndjson")

        @Argument(help: .seller) var seller: SellerReference
        @OptionGroup(title: "Gateway") var client: ClientOptions

        /// Writes as it comes.
        ///
        /// - Throws: the exit code, once the reason was told.
        func run() async throws {
            do {
                let configuration = try client.configuration()
                try await APIClient.withClient(url: configuration.url, key: configuration.key) { api in
                    var lines = LineCounter()
                    try await api.stream("/v1/sellers/\(seller)/export", accept: "application/x-ndjson") { part in
                        lines.take(part.readableBytesView)
                        try FileHandle.standardOutput.write(contentsOf: Data(part.readableBytesView))
                    }
                    guard lines.isComplete else { throw IncompleteExport() }
                }
            } catch {
                throw try Output.exitCode(for: error)
            }
        }
    }
}
