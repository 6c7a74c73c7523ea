import TestSupport
import Testing

@testable import Gateway

@Suite("An onboarding link")
struct OnboardingLinkTests {
    private let make = Fixtures()

    @Test("expires at its time, and only while it is open")
    func states() {
        var link = make.link(of: make.ids.next(), with: make.ids.next())
        let last = Timestamp(milliseconds: link.expiresAt.milliseconds - 1)
        #expect(link.state(at: link.createdAt) == .open)
        #expect(link.state(at: last) == .open)
        #expect(link.state(at: link.expiresAt) == .expired)
        #expect(link.state(at: link.expiresAt + .seconds(86_400)) == .expired)
        for state: OnboardingLink.State in [.used, .revoked] {
            link.state = state
            #expect(link.state(at: last) == state)
            #expect(link.state(at: link.expiresAt) == state)
        }
    }
}

@Suite("A connection's states")
struct ConnectionStateTests {
    @Test("let tokens be used before linking is done and while the shop is asked again, and not otherwise")
    func usable() {
        #expect(Connection.State.allCases.filter(\.isUsable) == [.configuring, .linked, .needsRelink])
    }

    @Test("hold the account until it is revoked or erased")
    func active() {
        #expect(Connection.State.allCases.filter { !$0.isActive } == [.revoked, .erased])
    }
}
