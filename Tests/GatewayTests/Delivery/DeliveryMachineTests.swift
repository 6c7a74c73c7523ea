import Testing

@testable import Gateway

@Suite("The delivery machine")
struct DeliveryMachineTests {
    private func machine(failures: Int = 0, isTest: Bool = false) -> DeliveryMachine {
        DeliveryMachine(schedule: .standard, failures: failures, isTest: isTest)
    }

    private func answer(_ status: Int?, _ failure: AttemptFailure? = nil, retryAfter: Duration? = nil) -> WebhookAnswer
    {
        WebhookAnswer(status: status, failure: failure, retryAfter: retryAfter)
    }

    @Test("DLV 6: ends with 2xx alone", arguments: [200, 201, 204, 299])
    func delivered(status: Int) {
        #expect(machine().attemptEnded(answer(status), spread: 0) == .init(next: .delivered))
    }

    @Test("DLV 6: takes every other status as a failure", arguments: [100, 301, 302, 304, 400, 401, 404, 422, 500])
    func failed(status: Int) {
        let verdict = machine().attemptEnded(answer(status), spread: 0)
        #expect(verdict.next == .retry(after: .seconds(5)))
        #expect(verdict.failure == .status)
        #expect(verdict.endpointState == nil && verdict.endpointWait == nil)
    }

    @Test("DLV 10: counts against the endpoint what is not about the event")
    func outcomes() {
        let outcome = { (status: Int) in machine().attemptEnded(answer(status), spread: 0).outcome }
        for status in [200, 204] { #expect(outcome(status) == .success) }
        for status in [401, 403, 404, 410, 429, 301, 500, 503] {
            #expect(outcome(status) == .failure(isOverload: false))
        }
        for status in [502, 504] { #expect(outcome(status) == .failure(isOverload: true)) }
        for status in [400, 405, 409, 413, 415, 422, 451] { #expect(outcome(status) == .neutral) }
        #expect(machine().attemptEnded(answer(nil, .timeout), spread: 0).outcome == .failure(isOverload: true))
        #expect(machine().attemptEnded(answer(nil, .dns), spread: 0).outcome == .failure(isOverload: false))
        #expect(machine().attemptEnded(answer(nil, .unknown), spread: 0).outcome == .neutral)
    }

    @Test("DLV 10: leaves the schedule where it is after a delivery's first probe")
    func freeProbe() {
        let probe = DeliveryMachine(schedule: .standard, failures: 12, isTest: false, isFree: true)
        #expect(probe.attemptEnded(answer(500), spread: 0).next == .retry(after: .seconds(72_000)))
        #expect(machine(failures: 12).attemptEnded(answer(500), spread: 0).next == .exhausted)
        let first = DeliveryMachine(schedule: .standard, failures: 0, isTest: false, isFree: true)
        #expect(first.attemptEnded(answer(500), spread: 0).next == .retry(after: .seconds(5)))
    }

    @Test("DLV 6: disables the endpoint that is gone")
    func gone() {
        let verdict = machine().attemptEnded(answer(410), spread: 0)
        #expect(verdict.endpointState == .disabled)
        #expect(verdict.next == .retry(after: .seconds(5)))
    }

    @Test("DLV 6: lets the whole endpoint wait when it asks to, six hours at most")
    func retryAfter() {
        let minute = machine().attemptEnded(answer(429), spread: 0)
        #expect(minute.endpointWait == .seconds(60))
        #expect(minute.next == .retry(after: .seconds(60)))
        let hour = machine().attemptEnded(answer(503, retryAfter: .seconds(3600)), spread: 0)
        #expect(hour.endpointWait == .seconds(3600))
        let day = machine().attemptEnded(answer(429, retryAfter: .seconds(86_400)), spread: 0)
        #expect(day.endpointWait == .seconds(21_600))
        let soon = machine(failures: 4).attemptEnded(answer(429, retryAfter: .seconds(1)), spread: 0)
        #expect(soon.next == .retry(after: .seconds(1800)))
        #expect(machine().attemptEnded(answer(503), spread: 0).endpointWait == nil)
    }

    @Test("activates an endpoint by its test event alone")
    func activation() {
        #expect(machine(isTest: true).attemptEnded(answer(204), spread: 0).endpointState == .active)
        #expect(machine().attemptEnded(answer(204), spread: 0).endpointState == nil)
    }

    @Test("keeps the reason where no status came", arguments: AttemptFailure.allCases)
    func reasons(failure: AttemptFailure) {
        #expect(machine().attemptEnded(answer(nil, failure), spread: 0).failure == failure)
    }
}

@Suite("DLV 7: the retry schedule")
struct RetryScheduleTests {
    @Test("reaches its nominal marks and ends after thirteen attempts")
    func marks() throws {
        var mark = Duration.zero
        var marks: [Int64] = []
        for failures in 1...12 {
            mark += try #require(RetrySchedule.standard.wait(afterFailures: failures, spread: 0))
            marks.append(mark.components.seconds)
        }
        #expect(
            marks == [5, 35, 155, 755, 2555, 6155, 13_355, 31_355, 67_355, 117_755, 189_755, 261_755])
        #expect(RetrySchedule.standard.wait(afterFailures: 13, spread: 0) == nil)
    }

    @Test("is lengthened by up to a fifth and never shortened")
    func jitter() throws {
        for (index, wait) in RetrySchedule.standard.waits.enumerated() {
            for spread in [0, 0.25, 0.999] {
                let jittered = try #require(RetrySchedule.standard.wait(afterFailures: index + 1, spread: spread))
                #expect(jittered >= wait)
                #expect(jittered <= wait * 1.2)
            }
        }
    }

    @Test("spreads ten thousand that failed together over more than a seventh of the step")
    func spread() throws {
        let waits = (0..<10_000).compactMap { _ in
            RetrySchedule.standard.wait(afterFailures: 5, spread: RandomSource.system.unit())
        }
        let shortest = try #require(waits.min())
        let longest = try #require(waits.max())
        #expect(longest - shortest >= .seconds(1800) * 0.15)
    }
}
