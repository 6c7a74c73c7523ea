import Crypto
import TestSupport
import Testing

@testable import Gateway

@Suite("The ticket of a status page")
struct StatusTicketTests {
    private let make = Fixtures()
    private let hashing = Self.hashing(7)

    private static func hashing(_ byte: UInt8) -> KeyedHash {
        let pepper = SymmetricKey(data: Array(repeating: byte, count: 32))
        return KeyRing(current: "k1", keys: ["k1": SymmetricKey(size: .bits256)], pepper: pepper).hashing
    }

    private func ticket(_ mode: Mode) -> StatusTicket {
        StatusTicket(seller: make.ids.next(), mode: mode, expiresAt: make.clock.now + .seconds(300))
    }

    @Test("says whose page it is, in which mode and until when", arguments: Mode.allCases)
    func reading(mode: Mode) {
        let ticket = ticket(mode)
        let text = ticket.text(hashing)
        #expect(text.utf8.count == 76)
        #expect(StatusTicket(text, hashing) == ticket)
    }

    @Test("is refused with any byte changed, cut short or made longer")
    func changed() throws {
        let raw = try #require(bytes(base64URL: ticket(.test).text(hashing)))
        for index in raw.indices {
            var other = raw
            other[index] ^= 1
            #expect(StatusTicket(base64URL(other), hashing) == nil, "byte \(index)")
        }
        #expect(StatusTicket(base64URL(raw.dropLast()), hashing) == nil)
        #expect(StatusTicket(base64URL(raw + [0]), hashing) == nil)
        for wrong in ["", "x", String(repeating: "A", count: 76)] { #expect(StatusTicket(wrong, hashing) == nil) }
    }

    @Test("is refused by another keyring")
    func otherKeyRing() {
        #expect(StatusTicket(ticket(.live).text(hashing), Self.hashing(8)) == nil)
    }
}

@Suite("What a link says to a shop that is linked")
struct RelinkNoticeTests {
    private let now = Timestamp(milliseconds: 1_000_000_000)

    private func health(
        _ state: Connection.State = .needsRelink, until end: Timestamp?
    ) -> ConnectionHealth {
        ConnectionHealth(
            state: state, reason: .expired, lastProvedAt: nil, provedBy: nil, tokenExpiresAt: end,
            isRefreshable: true, isRefreshUncertain: false, worksUntil: end)
    }

    @Test("counts whole days, and the last one as none")
    func days() {
        let cases: [(Int, RelinkNotice.Left)] = [
            (-1, .over), (0, .over), (1, .days(0)), (86_399, .days(0)), (86_400, .days(1)), (12 * 86_400, .days(12)),
        ]
        for (seconds, left) in cases {
            #expect(RelinkNotice(health(until: now + .seconds(seconds)), at: now)?.left == left, "\(seconds)")
        }
    }

    @Test("is nothing of time where none is known, and nothing at all where nothing is in use")
    func nothing() {
        #expect(RelinkNotice(health(until: nil), at: now) == RelinkNotice(reason: .expired, left: .open))
        for state in [Connection.State.awaitingConfirmation, .revoked, .erased] {
            #expect(RelinkNotice(health(state, until: now), at: now) == nil)
        }
    }

    @Test("shows enough of an account to recognise it, and no more")
    func masks() {
        #expect(masked(nickname: "PANADERIASOL") == "PA•••OL")
        #expect(masked(nickname: "SOLSOL") == "S•••")
        #expect(masked(nickname: "") == "•••")
        #expect(masked(number: UpstreamUserID(rawValue: 123_456_789)!) == "•••6789")
    }
}
