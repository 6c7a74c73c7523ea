import Foundation
public import Gateway
import NIOHTTP1

extension MercadoPago: UpstreamTerminals {
    /// `GET /point/integration-api/devices` (REF §2.2).
    ///
    /// An entry that is no terminal, or has an id that no terminal can have, is left out.
    public func terminals(with token: Secret<String>) async throws(UpstreamError) -> [Terminal] {
        let members = try await call(.GET, "/point/integration-api/devices?limit=50", token: token)
        guard let devices = members["devices"] as? [[String: Any]] else { throw .unanswered(status: 200) }
        return devices.compactMap { Self.terminal($0) }
    }

    /// `PATCH /point/integration-api/devices/{device_id}` (REF §2.2).
    public func setPDV(_ terminal: TerminalID, with token: Secret<String>) async throws(UpstreamError) {
        _ = try await call(
            .PATCH, "/point/integration-api/devices/\(terminal)", token: token, body: ["operating_mode": "PDV"])
    }

    /// `GET /users/{user_id}/stores/search` (REF §3.4).
    public func hasStore(_ user: UpstreamUserID, with token: Secret<String>) async throws(UpstreamError) -> Bool {
        Self.hasResult(try await call(.GET, "/users/\(user)/stores/search?limit=1", token: token))
    }

    /// `GET /pos` (REF §3.4).
    public func hasPointOfSale(with token: Secret<String>) async throws(UpstreamError) -> Bool {
        Self.hasResult(try await call(.GET, "/pos?limit=1", token: token))
    }

    /// Reads one entry of the list; types float, and the oldest version has the `id` alone.
    static func terminal(_ device: [String: Any]) -> Terminal? {
        guard let id = AnswerReading.text(device["id"]).flatMap({ TerminalID($0) }) else { return nil }
        let mode: Terminal.Mode? =
            switch AnswerReading.text(device["operating_mode"]) {
            case "PDV": .pdv
            case "STANDALONE": .standalone
            default: nil
            }
        return Terminal(
            id: id, mode: mode, store: place(device["store_id"]), pointOfSale: place(device["pos_id"]),
            externalPointOfSale: place(device["external_pos_id"]))
    }

    // A terminal that stands nowhere has been seen without the member, with null, with "" and with 0.
    private static func place(_ value: Any?) -> String? {
        AnswerReading.text(value).flatMap { $0.isEmpty || $0 == "0" || $0.utf8.count > 64 ? nil : $0 }
    }

    private static func hasResult(_ members: [String: Any]) -> Bool {
        if let results = members["results"] as? [Any] { return !results.isEmpty }
        let paging = members["paging"] as? [String: Any]
        return (AnswerReading.text(paging?["total"]).flatMap { Int($0) } ?? 0) > 0
    }
}
