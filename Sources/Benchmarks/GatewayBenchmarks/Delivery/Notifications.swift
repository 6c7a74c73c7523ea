import Foundation
import Gateway
import StoreSQLite

/// What the provider posts to an application's webhook: signed beforehand, so that the load generator only sends.
struct Notifications: Sendable {
    /// Where they go.
    let webhook: URL
    let secret: Secret<String>
    /// Accounts of linked sellers.
    let users: [Int64]

    /// Writes a script for wrk and, for each of its two threads, as many requests as it can send.
    func write(_ count: Int, name: String, in folder: URL) throws -> URL {
        for thread in 0..<2 {
            var bytes: [UInt8] = []
            for number in 0..<count / 2 {
                let request = self.request(thread * count + number)
                bytes += Array(String(format: "%06d", request.count).utf8) + request
            }
            try Data(bytes).write(to: folder.appending(path: "\(name)-\(thread).requests"))
        }
        let script = """
            local threads = 0
            function setup(thread)
               thread:set("number", threads)
               threads = threads + 1
            end

            local list, at

            function init(args)
               local file = io.open("\(folder.path())/\(name)-" .. number .. ".requests", "rb")
               list = file:read("*a")
               file:close()
               at = 1
            end

            function request()
               local length = tonumber(list:sub(at, at + 5))
               if not length then error("all are sent") end
               local start = at + 6
               at = start + length
               return list:sub(start, at - 1)
            end

            """
        let file = folder.appending(path: "\(name).lua")
        try Data(script.utf8).write(to: file)
        return file
    }

    // Of a topic that nothing is looked up for: what is measured is taking in.
    private func request(_ number: Int) -> [UInt8] {
        let (resource, user) = (30_000_000_000 + number, users[number % users.count])
        let body = """
            {"id":\(118_000_000_000 + number),"live_mode":true,"type":"topic_merchant_order_wh",\
            "date_created":"2026-11-08T12:05:50Z","user_id":"\(user)","api_version":"v1",\
            "action":"merchant_order.updated","application_id":1000000000000001,"data":{"id":"\(resource)"}}
            """
        let query = "data.id=\(resource)&type=topic_merchant_order_wh"
        let headers = ProviderTables.forwarding.headers(
            of: ArrivedNotification(query: query, headers: [], body: Array(body.utf8)), id: "bench-\(number)",
            at: WallClock.system.now, secret: secret
        ).map { "\($0.name): \($0.value)\r\n" }.joined()
        let head =
            "POST \(webhook.path())?\(query) HTTP/1.1\r\nHost: 127.0.0.1:\(webhook.port ?? 80)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\(headers)\r\n"
        return Array((head + body).utf8)
    }
}

extension DeliveryStage {
    /// Writes as many notifications as a run can take, for the application that `enlace init` added.
    func writeNotifications(to installation: Installation, count: Int, script name: String) async throws -> URL {
        let application = try await opened.application()
        let address = PublicAddress(base: installation.url, keyRing: opened.ring)
        guard let webhook = URL(string: address.webhook(of: application.id)),
            let stored = try await opened.store.secrets(of: application.id, .webhook, at: WallClock.system.now).first
        else { throw BenchmarkFailure("The application has no webhook secret.") }
        let secret = try await opened.vault.sealer(for: .installation)
            .open(stored.sealed, .webhookSecret, row: stored.id.ulid)
        return try Notifications(
            webhook: webhook, secret: secret.text,
            users: (0..<DeliveryBenchmark.sellers).map { 200_000_000 + Int64($0) }
        ).write(count, name: name, in: installation.folder)
    }
}
