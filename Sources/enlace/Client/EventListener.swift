import AsyncHTTPClient
import Foundation
import Gateway
import NIOCore
import NIOHTTP1

/// Asks for a seller's events, shows them, and hands them on one after the other.
struct EventListener: Sendable {
    /// For how long the gateway holds an empty answer back, in seconds.
    private static let wait = 20
    /// The longest pause between two tries.
    private static let longestPause = Duration.seconds(30)
    /// For how long the receiving program may take.
    private static let deadline = TimeAmount.seconds(15)

    /// What is asked.
    let api: APIClient
    /// Whose events.
    let seller: SellerReference
    /// Where they are posted to; `nil` only shows them.
    let forward: String?
    /// What signs.
    let secret: SigningSecret?
    /// Where the position is kept.
    let positionFile: String?
    /// Whether events are shown as the API's JSON, one a line.
    let isJSON: Bool

    /// Goes on until it is stopped.
    ///
    /// - Parameter start: `oldest`, `newest` or an event's id; a position that was kept counts more.
    /// - Throws: ``APIError`` for a refusal that waiting does not mend.
    func run(from start: String) async throws {
        var position = kept() ?? (start == "oldest" ? nil : start)
        var pause = Duration.seconds(1)
        while !Task.isCancelled {
            do {
                let batch = try await api.call(
                    .GET, "/v1/sellers/\(seller)/feed",
                    query: [("after", position), ("wait_seconds", String(Self.wait)), ("limit", "50")])
                pause = .seconds(1)
                for event in batch["data"]?.array ?? [] {
                    try await hand(event)
                    position = event["id"]?.string
                    keep(position)
                }
                if let now = batch["position"]?.string { position = now }
                keep(position)
            } catch let error as APIError where !error.isPassing {
                throw error
            } catch is APIError, is UnreachableGateway {
                Output.tell("The gateway does not answer; trying again.")
                try await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// Shows an event, once it was taken where it is handed on.
    private func hand(_ event: JSONValue) async throws {
        var pause = Duration.seconds(1)
        while let forward {
            let outcome = await post(event, to: forward)
            if case .success(let status) = outcome, (200...299).contains(status) { break }
            let reason = if case .success(let status) = outcome { "answered \(status)" } else { "did not answer" }
            Output.tell("\(forward) \(reason); \((event["id"] ?? .null).cell) is handed over again.")
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
        let line =
            isJSON
            ? event.text()
            : ["created_at", "type", "resource", "id"].map { (event[$0] ?? .null).cell }.joined(separator: "  ")
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private func post(_ event: JSONValue, to url: String) async -> Result<Int, any Error> {
        let id = event["id"]?.string ?? ""
        let body = Array((event["body"]?.string ?? "").utf8)
        let moment = WallClock.system.now
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = [
            "content-type": "application/json", "enlace-event-type": event["type"]?.string ?? "", "webhook-id": id,
            "webhook-timestamp": String(moment.seconds),
        ]
        if let secret {
            request.headers.add(
                name: "webhook-signature",
                value: DeliverySigner.signature(of: body, id: id, timestamp: moment.seconds, secrets: [secret]))
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            return .success(Int(try await HTTPClient.shared.execute(request, timeout: Self.deadline).status.code))
        } catch {
            return .failure(error)
        }
    }

    private func kept() -> String? {
        guard let positionFile, let text = try? String(contentsOfFile: positionFile, encoding: .utf8) else {
            return nil
        }
        return EventID(text.trimmingCharacters(in: .whitespacesAndNewlines))?.description
    }

    private func keep(_ position: String?) {
        guard let positionFile, let position else { return }
        // Replaced as a whole, so that a power cut leaves the old one or the new one.
        do {
            try Data((position + "\n").utf8).write(to: URL(filePath: positionFile), options: .atomic)
        } catch {
            Output.tell("\(positionFile) can't be written: after a restart events may come twice.")
        }
    }
}
