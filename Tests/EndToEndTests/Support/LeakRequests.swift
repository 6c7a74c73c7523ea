import Foundation
import Gateway
import NIOHTTP1
import TestSupport
import Testing

@testable import enlace

/// Requests that carry a secret where none belongs, and whose answers and log lines could echo it.
struct LeakRequests {
    let stack: LocalStack
    let watch: LeakWatch

    /// Sends one secret of each kind to every place of a request.
    func run(application: String, seller: String) async throws {
        let key = try stack.client().key.reveal { $0 }
        let issued = try await stack.panel.call(.GET, "/secrets")["secrets"]?.array ?? []
        var byKind: [String: String] = [:]
        for secret in issued {
            if let kind = secret["kind"]?.string, let value = secret["value"]?.string { byKind[kind] = value }
        }
        for secret in watch.secrets where ["link_token", "endpoint_secret", "cookie"].contains(secret.kind) {
            byKind[secret.kind] = secret.text
        }
        // One that was never good, told from a good one by its checksum alone.
        let wrong = key.dropLast(2) + (key.hasSuffix("00") ? "11" : "00")
        byKind["api_key"] = String(wrong)
        #expect(byKind.count >= 11)
        for (kind, value) in byKind.sorted(by: { $0.key < $1.key }) {
            try await send(value, key: key, application: application, seller: seller)
            // Whoever asks for the page of what has a link's form finds its own address on it.
            if kind != "link_token", value.utf8.count == 43 { continue }
            for (method, path) in [("GET", ""), ("GET", "/done"), ("POST", ""), ("POST", "/undo")] {
                try await ask(method, "/link/\(value.percentEncoded())\(path)", key: nil)
            }
        }
    }

    private func send(_ value: String, key: String, application: String, seller: String) async throws {
        let text = value.percentEncoded()
        for path in [
            "/v1/\(text)", "/v1/sellers/\(text)", "/v1/sellers/ref:\(text)", "/v1/sellers?after=\(text)",
            "/v1/sellers?limit=\(text)", "/v1/sellers?state=\(text)", "/v1/sellers?\(text)=1", "/v1/keys/\(text)",
            "/v1/events?type=\(text)", "/v1/deliveries?state=\(text)", "/v1/audit?action=\(text)",
            "/v1/sellers/\(seller)/proxy/\(text)", "/v1/sellers/\(seller)/proxy/users/me?access_token=\(text)",
            "/v1/sellers/\(seller)/proxy/point/integration-api/devices/\(text)", "/proxy/users/\(text)",
        ] {
            try await ask("GET", path, key: key)
        }
        for path in [
            "/\(text)", "/hooks/con/\(text)?challengeCode=\(text)",
            "/oauth/callback/\(text)?code=\(text)&state=\(text)",
            "/oauth/callback/\(application)?code=\(text)&state=\(text)&error_description=\(text)",
            "/oauth/callback/\(application)?error=\(text)&error_description=\(text)&state=\(text)",
        ] {
            try await ask("GET", path, key: nil)
        }
        try await ask("GET", "/v1/sellers", key: value)
        try await ask(String(value.filter(\.isLetter)).uppercased(), "/v1/sellers", key: key)
        for header in [
            "Enlace-Seller: \(value)", "Enlace-Application: \(value)", "Cookie: enlace=\(value)",
            "traceparent: \(value)", "X-Request-Id: \(value)", "User-Agent: \(value)", "Host: \(value)",
            "Authorization: Basic \(value)",
        ] {
            try await ask("GET", "/proxy/users/me", key: header.hasPrefix("Auth") ? nil : key, headers: [header])
        }
        for body in [
            "{\"name\": \"\(value)", "\(value)", "{\"\(value)\": 1}", "{\"name\": {\"\(value)\": \"\(value)\"}}",
            "[\"\(value)\"]",
        ] {
            try await ask("POST", "/v1/sellers", key: key, body: body)
        }
        let members = ["name", "mode", "seller", "expires_at"].map { "\"\($0)\": \"\(value)\"" }.joined(separator: ",")
        try await ask("POST", "/v1/keys", key: key, body: "{\(members), \"scopes\": [\"\(value)\"]}")
        try await ask(
            "POST", "/v1/sellers/\(seller)/links", key: key,
            body: "{\"application\": \"\(application)\", \"locale\": \"\(value)\", \"return_url\": \"\(value)\"}")
        try await ask("POST", "/v1/sellers/\(seller)/endpoints", key: key, body: "{\"url\": \"\(value)\"}")
        try await ask(
            "POST", "/v1/applications/\(application)/secrets", key: key,
            body: "{\"kind\": \"\(value)\", \"value\": \"\(value)\"}")
        try await ask("POST", "/hooks/app/\(text)", key: nil, body: "{\"data\": {\"id\": \"\(value)\"}}")
        try await ask("POST", "/v1/keys/revoke-leaked", key: nil, body: "{\"key\": \"\(value)\", \"x\": 1}")
    }

    private func ask(
        _ method: String, _ path: String, key: String?, body: String? = nil, headers: [String] = []
    ) async throws {
        try await watch.ask(stack, method, path, key: key, body: body, headers: headers)
    }
}
