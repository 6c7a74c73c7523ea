/// Whether the provider answers, and whether this machine's clock agrees with its.
struct ClockCheck: Sendable {
    /// A larger difference is worth a look, in either direction.
    static let tolerance = Duration.seconds(30)
    /// With a larger difference receivers refuse what the gateway signs (Standard Webhooks allows 5 minutes).
    static let limit = Duration.seconds(300)
    /// A slower answer tells too little about the time at which it was made.
    static let slowest = Duration.seconds(10)

    let upstream: any UpstreamClock
    let clock: WallClock

    /// Both findings, `upstream` first.
    func findings() async -> [Finding] {
        let asked = clock.now
        let time: Timestamp?
        do throws(UpstreamError) { time = try await upstream.time() } catch {
            return [
                ProviderWords.unreachable(.upstream, Problem(error)),
                Finding(.clock, .notChecked, "The provider gave no answer to compare with."),
            ]
        }
        let answered = clock.now
        let reached = Finding(.upstream, .ok, "The provider's API answers.")
        guard let time else {
            return [reached, Finding(.clock, .notChecked, "The provider's answer does not say its time.")]
        }
        guard answered - asked <= Self.slowest else {
            return [reached, Finding(.clock, .notChecked, "The provider's answer took too long to compare with.")]
        }
        // The answer names its second alone, and was made at some moment in between.
        let middle = asked + .milliseconds((answered - asked).milliseconds / 2)
        return [reached, Self.finding(ahead: middle - (time + .milliseconds(500)))]
    }

    private static func finding(ahead: Duration) -> Finding {
        let size = ahead < .zero ? .zero - ahead : ahead
        guard size > tolerance else { return Finding(.clock, .ok, "This machine's clock agrees with the provider's.") }
        let seconds = size.milliseconds / 1000
        return Finding(
            .clock, size > limit ? .failure : .warning,
            "This machine's clock is \(seconds) seconds \(ahead > .zero ? "ahead of" : "behind") the provider's.",
            fix: "Let the clock be set by NTP: `timedatectl set-ntp true`, then look at `timedatectl`.")
    }
}
