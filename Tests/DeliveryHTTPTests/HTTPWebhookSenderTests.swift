import Foundation
import Gateway
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport
import Testing

@testable import DeliveryHTTP

@Suite("The webhook sender")
struct HTTPWebhookSenderTests {
    private static let development = DeliveryConfiguration(allowedPorts: [443], allowLoopback: true, caFile: nil)
    private static let strict = DeliveryConfiguration(allowedPorts: [443], allowLoopback: false, caFile: nil)
    private static let clock = ManualClock()

    private static func sender(
        _ configuration: DeliveryConfiguration = development, resolver: NameResolver = NameResolver()
    ) throws -> HTTPWebhookSender {
        try HTTPWebhookSender(configuration: configuration, clock: clock.wallClock, resolver: resolver)
    }

    private static func request(_ url: String, deadline: Duration = .seconds(10)) -> WebhookRequest {
        WebhookRequest(
            url: url, headers: [(name: "webhook-id", value: "evt_1"), (name: "Accept-Encoding", value: "gzip")],
            body: Array("{\"id\":1}".utf8), deadline: deadline)
    }

    private static func answer(
        deadline: Duration = .seconds(10),
        to script: @escaping @Sendable (ScriptedServer.Connection) async throws -> Void
    ) async throws -> WebhookAnswer {
        let kept = Mutex<WebhookAnswer?>(nil)
        try await ScriptedServer.run(script) { port in
            let answer = await (try sender()).send(request("http://127.0.0.1:\(port)/hook?x=1", deadline: deadline))
            kept.withLock { $0 = answer }
        }
        return try #require(kept.withLock { $0 })
    }

    @Test("posts the bytes it was given and never asks for compression")
    func posts() async throws {
        let seen = Mutex("")
        let answer = try await Self.answer { connection in
            seen.withLock { $0 = connection.request }
            try await connection.write("HTTP/1.1 204 No Content\r\n\r\n")
        }
        #expect(answer.status == 204)
        #expect(answer.failure == nil)
        #expect(answer.address == "127.0.0.1")
        let request = seen.withLock { $0 }
        #expect(request.hasPrefix("POST /hook?x=1 HTTP/1.1\r\n"))
        #expect(request.contains("webhook-id: evt_1\r\n"))
        #expect(request.contains("content-length: 8\r\n"))
        #expect(request.contains("accept-encoding: identity\r\n"))
        #expect(!request.contains("gzip"))
    }

    @Test("keeps at most 4 KiB of an answer, without control characters")
    func excerpt() async throws {
        let answer = try await Self.answer { connection in
            try await connection.write("HTTP/1.1 500 Oh\r\ncontent-length: 9000\r\n\r\n\u{1B}[31m")
            try await connection.write(String(repeating: "x", count: 9000))
        }
        #expect(answer.status == 500)
        #expect(answer.excerpt.utf8.count == 4096)
        #expect(answer.excerpt.hasPrefix("\u{FFFD}[31mxxx"))
        let unreadable = try await Self.answer { connection in
            try await connection.write("HTTP/1.1 500 Oh\r\ncontent-length: 9000\r\n\r\n")
            try await connection.write(String(repeating: "\u{1}", count: 9000))
        }
        #expect(unreadable.excerpt == String(repeating: "\u{FFFD}", count: 1365))
    }

    @Test("gives up at its deadline although the name server is silent", .timeLimit(.minutes(1)))
    func silentNameServer() async throws {
        var ends: [Int32] = [0, 0]
        let made = pipe(&ends)
        try #require(made == 0)
        let (reading, writing) = (ends[0], ends[1])
        let silent = NameResolver { _, _ in
            // Blocks until the other end is closed.
            var byte: UInt8 = 0
            _ = read(reading, &byte, 1)
            close(reading)
            throw UnresolvableName()
        }
        let sender = try Self.sender(Self.strict, resolver: silent)
        // It would never return if it waited for the lookup.
        let answer = await sender.send(Self.request("https://hooks.example/", deadline: .milliseconds(200)))
        close(writing)
        #expect(answer.failure == .timeout)
        #expect(answer.address == nil)
    }

    @Test("tries a few addresses of a name and no more")
    func manyAddresses() async throws {
        let many = NameResolver { _, _ in
            // Nobody listens on port 1 of any of them.
            try (1...50).map { try SocketAddress(ipAddress: "127.0.0.\($0)", port: 1) }
        }
        let answer = await (try Self.sender(resolver: many)).send(
            Self.request("https://hooks.example/", deadline: .seconds(60)))
        #expect(answer.failure == .connect)
        #expect(answer.address == "127.0.0.4")
    }

    @Test("begins nothing once it was cut")
    func cut() async throws {
        let url = try EndpointURL("https://127.0.0.1:1/", Self.development)
        let attempt = SendingAttempt(
            Self.request("https://127.0.0.1:1/"),
            tls: try NIOSSLContext(configuration: .makeClientConfiguration()),
            loop: MultiThreadedEventLoopGroup.singleton.next(), clock: Self.clock.wallClock)
        attempt.cut()
        await #expect(throws: CancellationError.self) {
            try await attempt.post(to: url, at: [try SocketAddress(ipAddress: "127.0.0.1", port: 1)])
        }
        #expect(attempt.answer().address == nil)
    }

    @Test("DLV 11: does not follow a redirect")
    func redirect() async throws {
        let count = Mutex(0)
        let answer = try await Self.answer { connection in
            count.withLock { $0 += 1 }
            try await connection.write(
                "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n")
        }
        #expect(answer.status == 302)
        #expect(count.withLock { $0 } == 1)
    }

    @Test("lets the status decide once the head is in, whatever the body does")
    func stalledBody() async throws {
        let answer = try await Self.answer(deadline: .seconds(10)) { connection in
            try await connection.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nfirst")
            try await connection.stall()
        }
        #expect(answer.status == 200)
        #expect(answer.failure == nil)
        #expect(answer.excerpt == "first")
    }

    @Test("takes the answer of a receiver that closes as soon as it has answered")
    func closing() async throws {
        for _ in 0..<200 {
            let answer = try await Self.answer { connection in
                try await connection.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            }
            #expect(answer.status == 200)
            #expect(answer.failure == nil)
        }
    }

    @Test("DLV 5: stops reading a body without end")
    func endlessBody() async throws {
        let answer = try await Self.answer { connection in
            try await connection.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            while true { try await connection.write("400\r\n" + String(repeating: "z", count: 1024) + "\r\n") }
        }
        #expect(answer.status == 200)
    }

    @Test("DLV 5: times out where no answer comes, and where it comes a byte at a time")
    func timeOut() async throws {
        let silent = try await Self.answer(deadline: .milliseconds(300)) { connection in
            try await connection.stall()
        }
        #expect(silent.status == nil)
        #expect(silent.failure == .timeout)
        let dripping = try await Self.answer(deadline: .milliseconds(300)) { connection in
            try await connection.drip("HTTP/1.1 200 OK")
        }
        #expect(dripping.status == nil)
        #expect(dripping.failure == .timeout)
    }

    @Test("tells how a connection failed")
    func classes() async throws {
        let closed = try await Self.answer { _ in }
        #expect(closed.failure == .reset)
        let nonsense = try await Self.answer { connection in try await connection.write("NONSENSE\r\n\r\n") }
        #expect(nonsense.failure == .protocol)
        let refused = await (try Self.sender()).send(Self.request("http://127.0.0.1:1/hook"))
        #expect(refused.failure == .connect)
        let plain = try await Self.tls()
        #expect(plain.failure == .tls)
        let unknown = await (try Self.sender(Self.strict, resolver: NameResolver { _, _ in throw UnresolvableName() }))
            .send(Self.request("https://nowhere.example/"))
        #expect(unknown.failure == .dns)
    }

    private static func tls() async throws -> WebhookAnswer {
        let kept = Mutex<WebhookAnswer?>(nil)
        // A TLS greeting is answered in clear.
        try await ScriptedServer.run { connection in
            try await connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        } _: { port in
            let answer = await (try sender()).send(request("https://127.0.0.1:\(port)/", deadline: .seconds(3)))
            kept.withLock { $0 = answer }
        }
        return try #require(kept.withLock { $0 })
    }

    @Test("reads Retry-After in seconds and as a date")
    func retryAfter() async throws {
        let seconds = try await Self.answer { connection in
            try await connection.write("HTTP/1.1 429 Slow\r\nretry-after: 17\r\ncontent-length: 0\r\n\r\n")
        }
        #expect(seconds.retryAfter == .seconds(17))
        let date = try await Self.answer { connection in
            try await connection.write(
                "HTTP/1.1 503 Busy\r\nretry-after: Thu, 01 Jan 2026 00:02:00 GMT\r\ncontent-length: 0\r\n\r\n")
        }
        #expect(date.retryAfter == .seconds(120))
        let nonsense = try await Self.answer { connection in
            try await connection.write("HTTP/1.1 503 Busy\r\nretry-after: soon\r\ncontent-length: 0\r\n\r\n")
        }
        #expect(nonsense.retryAfter == nil)
    }

    @Test("DLV 11: refuses a name of which a single address is not public, without calling any")
    func mixedAnswers() async throws {
        let mixed = NameResolver { _, port in
            [
                try SocketAddress(ipAddress: "93.184.216.34", port: port),
                try SocketAddress(ipAddress: "10.0.0.1", port: port),
            ]
        }
        let sender = try Self.sender(Self.strict, resolver: mixed)
        let answer = await sender.send(Self.request("https://hooks.example/"))
        #expect(answer.failure == .blockedAddress)
        #expect(answer.address == nil)
        await #expect(throws: EndpointURLError.blockedAddress) { try await sender.check(url: "https://hooks.example/") }
    }

    @Test("looks the name up again for each attempt and calls what it checked")
    func rebinding() async throws {
        let lookups = Mutex(0)
        let rebinding = NameResolver { _, port in
            let isFirst = lookups.withLock { count in
                count += 1
                return count == 1
            }
            return [try SocketAddress(ipAddress: isFirst ? "93.184.216.34" : "127.0.0.1", port: port)]
        }
        let sender = try Self.sender(Self.strict, resolver: rebinding)
        try await sender.check(url: "https://hooks.example/")
        let answer = await sender.send(Self.request("https://hooks.example/"))
        #expect(answer.failure == .blockedAddress)
        #expect(lookups.withLock { $0 } == 2)
    }

    @Test(
        "refuses what may not be called at registration too",
        arguments: ["https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/"])
    func registration(url: String) async throws {
        let sender = try Self.sender(Self.strict)
        await #expect(throws: EndpointURLError.blockedAddress) { try await sender.check(url: url) }
    }
}
