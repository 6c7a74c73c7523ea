import Foundation
import Gateway
import Synchronization
import TestSupport
import Testing

@testable import enlace

extension PlantedSecret {
    /// One that the sandbox gave out: tokens and codes begin with what their account and application tell anyway.
    init?(issued: JSONValue) {
        guard let kind = issued["kind"]?.string, let value = issued["value"]?.string else { return nil }
        guard ["access_token", "refresh_token", "code"].contains(kind) else {
            self.init(kind, value)
            return
        }
        self.init(kind, value.split(separator: "-").max { $0.utf8.count < $1.utf8.count } ?? "")
    }

    /// The secret part of an API key; its id is public.
    init(key: Secret<String>) throws {
        self = try key.reveal { text in try #require(PlantedSecret("api_key", text.dropFirst(36))) }
    }
}

/// Where a secret could lie about.
enum LeakPlace: String, CaseIterable {
    case database, log, spool, metrics, problem, page, answer, webhook, file, process
}

/// Collects the secrets of a run and everything that it leaves behind, and looks for the ones in the other.
final class LeakWatch: Sendable {
    /// Something that was left behind, with the kinds that it is there to show.
    struct Evidence: Sendable {
        let place: LeakPlace
        let name: String
        let bytes: Data
        let shows: Set<String>
    }

    /// What of a shop's business only the shop and its integrator may read.
    static let business = "payload"
    private let kept = Mutex<(secrets: Set<PlantedSecret>, evidence: [Evidence])>(([], []))

    var secrets: Set<PlantedSecret> { kept.withLock { $0.secrets } }
    var evidence: [Evidence] { kept.withLock { $0.evidence } }

    /// Adds a secret; one that is too short fails the test.
    func plant(_ kind: String, _ text: some StringProtocol, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let secret = try #require(PlantedSecret(kind, text), "\(kind)", sourceLocation: sourceLocation)
        plant(secret)
    }

    func plant(_ secret: PlantedSecret) {
        kept.withLock { _ = $0.secrets.insert(secret) }
    }

    /// Adds something that was left behind.
    func saw(_ place: LeakPlace, _ name: String, _ bytes: Data, showing shows: Set<String> = []) {
        kept.withLock { $0.evidence.append(Evidence(place: place, name: name, bytes: bytes, shows: shows)) }
    }

    /// Adds a page; each of them may name the link that led to it.
    @discardableResult
    func saw(_ page: WebPage, showing shows: Set<String> = []) -> WebPage {
        let path =
            WebPage.host(of: page.url) + " "
            + page.url.prefix { $0 != "?" }.split(separator: "/").prefix(3).joined(separator: "/")
        saw(.page, "\(path) \(page.status)", Data(page.html.utf8), showing: shows.union(["link_token"]))
        return page
    }

    /// Whatever is found where it must not be; every kind of place must have been looked at.
    func leaks() -> [String] {
        let search = SecretSearch(secrets)
        return evidence.flatMap { evidence in
            search.finds(in: evidence.bytes).filter { !evidence.shows.contains($0.kind) }
                .map { "\(evidence.place.rawValue) \(evidence.name): \($0)" }
        }
    }

    /// The places where at least one of these texts is found, which everybody may know.
    func places(of texts: [String]) -> Set<LeakPlace> {
        let search = SecretSearch(texts.compactMap { PlantedSecret("public", $0) })
        return Set(evidence.filter { !search.finds(in: $0.bytes).isEmpty }.map(\.place))
    }

    // MARK: Requests

    /// Asks the gateway with `curl`, keeps the answer's body as evidence, and gives it.
    @discardableResult
    func ask(
        _ stack: LocalStack, _ method: String, _ path: String, key: String? = nil, body: String? = nil,
        headers: [String] = [], showing shows: Set<String> = []
    ) async throws -> JSONValue {
        var arguments = ["-g", "--path-as-is", "-m", "60", "-X", method, "-w", "\n%{http_code} %{content_type}"]
        if let key { arguments += ["-H", "Authorization: Bearer \(key)"] }
        for header in headers { arguments += ["-H", header] }
        if let body { arguments += ["-H", "Content-Type: application/json", "--data-binary", body] }
        let text = try await curl(arguments + [stack.url + path])
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let end = lines.last ?? ""
        let answer = lines.dropLast().joined(separator: "\n")
        let isSuccess = end.hasPrefix("2")
        let place: LeakPlace = end.contains("html") ? .page : isSuccess ? .answer : .problem
        // What was asked for with a key may be read by it; a refusal shows nothing, a link's page the link.
        let shown: Set = place == .page ? ["link_token"] : isSuccess ? shows.union([Self.business]) : []
        saw(place, "\(method) \(path.prefix(24)) \(end)", Data(answer.utf8), showing: shown)
        return JSONValue(parsing: answer.utf8) ?? .null
    }

    // MARK: What is left behind

    /// The files of a stack that hold secrets because that is what they are for, and the sandbox's own.
    private static let keepers: Set = ["enlace.keyring", "enlace.client.yaml", "sandbox.log"]

    /// Adds every file of the stack's folder.
    func readFiles(of stack: LocalStack) throws {
        let root = stack.folder.resolvingSymlinksInPath().path() + "/"
        let files = FileManager.default.enumerator(atPath: root)
        while let path = files?.nextObject() as? String {
            guard !Self.keepers.contains(path), !path.hasPrefix("sandbox/"),
                let bytes = FileManager.default.contents(atPath: root + path)
            else { continue }
            let place: LeakPlace =
                path.contains(".spool/")
                ? .spool
                : path.hasPrefix("enlace.sqlite") ? .database : path.hasSuffix(".log") ? .log : .file
            saw(place, path, bytes)
        }
    }

    /// Adds what other users of the machine can see of the gateway's process.
    func readProcess(of stack: LocalStack) throws {
        let id = try #require(stack.gateway?.id)
        for name in ["cmdline", "environ"] {
            saw(.process, name, try Data(contentsOf: URL(filePath: "/proc/\(id)/\(name)")))
        }
    }
}
