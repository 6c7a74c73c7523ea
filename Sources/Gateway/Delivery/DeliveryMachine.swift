/// Decides what an answer means for a delivery and its endpoint (DLV 6); pure.
struct DeliveryMachine: Sendable {
    /// What follows from an attempt.
    struct Verdict: Equatable, Sendable {
        enum Next: Equatable, Sendable {
            case delivered
            case retry(after: Duration)
            case exhausted
        }
        var next: Next
        var failure: AttemptFailure?
        /// What it says about the endpoint's health.
        var outcome = EndpointHealth.Outcome.success
        /// What becomes of the endpoint: a 2xx to a test activates it, 410 disables it.
        var endpointState: Endpoint.State?
        /// For how long the whole endpoint waits.
        var endpointWait: Duration?
    }

    /// No receiver may ask for more (DLV 6).
    static let longestRetryAfter = Duration.seconds(6 * 3600)
    /// What a 429 without `Retry-After` means.
    static let limitedWait = Duration.seconds(60)

    /// The waits between attempts.
    let schedule: RetrySchedule
    /// How many attempts have failed before this one.
    let failures: Int
    /// Whether it is the event that activates an endpoint.
    let isTest: Bool
    /// Whether a failure leaves the schedule where it is, as that of a delivery's first probe does (DLV 10).
    let isFree: Bool

    init(schedule: RetrySchedule, failures: Int, isTest: Bool, isFree: Bool = false) {
        self.schedule = schedule
        self.failures = failures
        self.isTest = isTest
        self.isFree = isFree
    }

    func attemptEnded(_ answer: WebhookAnswer, spread: Double) -> Verdict {
        guard let status = answer.status else { return failed(answer.failure ?? .protocol, spread: spread) }
        if (200...299).contains(status) {
            return Verdict(next: .delivered, endpointState: isTest ? .active : nil)
        }
        var verdict = failed(.status, spread: spread)
        verdict.outcome = Self.outcome(of: status)
        switch status {
        case 410: verdict.endpointState = .disabled
        case 429: wait(&verdict, answer.retryAfter ?? Self.limitedWait)
        case 503: if let wanted = answer.retryAfter { wait(&verdict, wanted) }
        default: break
        }
        return verdict
    }

    private func failed(_ failure: AttemptFailure, spread: Double) -> Verdict {
        let wait = schedule.wait(afterFailures: isFree ? max(1, failures) : failures + 1, spread: spread)
        return Verdict(
            next: wait.map { .retry(after: $0) } ?? .exhausted, failure: failure,
            outcome: failure == .unknown ? .neutral : .failure(isOverload: failure == .timeout))
    }

    /// Most refusals are about the event, not about the endpoint (DLV 10).
    private static func outcome(of status: Int) -> EndpointHealth.Outcome {
        switch status {
        case 401, 403, 404, 410, 429: .failure(isOverload: false)
        case 400...499: .neutral
        default: .failure(isOverload: status == 502 || status == 504)
        }
    }

    private func wait(_ verdict: inout Verdict, _ wanted: Duration) {
        let wait = min(wanted, Self.longestRetryAfter)
        verdict.endpointWait = wait
        if case .retry(let step) = verdict.next { verdict.next = .retry(after: max(step, wait)) }
    }
}
