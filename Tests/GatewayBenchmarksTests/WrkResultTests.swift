import Testing

@testable import GatewayBenchmarks

@Suite("wrk's output")
struct WrkResultTests {
    @Test("is read with every unit of time")
    func read() throws {
        let result = try #require(WrkResult(Self.output(p50: "812.00us", p99: "1.25s")))
        #expect(result.requestsPerSecond == 38386.74)
        #expect(result.requests == 192_037)
        #expect(abs(result.median - 0.812) < 0.000_001)
        #expect(result.p99 == 1250)
        #expect(result.failures == 0)
        #expect(WrkResult(Self.output(p50: "1.58ms", p99: "1.10m"))?.p99 == 66_000)
    }

    @Test("tells of each call that failed")
    func failures() {
        let more = """
              Socket errors: connect 1, read 20, write 0, timeout 300
              Non-2xx or 3xx responses: 4000

            """
        #expect(WrkResult(Self.output(more: more))?.failures == 4321)
    }

    @Test("that lacks a number is not read", arguments: ["Requests/sec:", "50%", "99%", "requests in"])
    func lacking(word: String) {
        let lines = Self.output().split(separator: "\n").filter { !$0.contains(word) }
        #expect(WrkResult(lines.joined(separator: "\n")) == nil)
    }

    private static func output(p50: String = "1.58ms", p99: String = "3.61ms", more: String = "") -> String {
        """
        Running 5s test @ http://127.0.0.1:8080/users/me
          2 threads and 64 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency     1.65ms  534.20us  12.96ms   78.15%
            Req/Sec    19.30k     1.02k   21.50k    71.00%
          Latency Distribution
             50%    \(p50)
             75%    1.78ms
             90%    2.06ms
             99%    \(p99)
          192037 requests in 5.00s, 59.34MB read
        \(more)Requests/sec:  38386.74
        Transfer/sec:     11.86MB

        """
    }
}
