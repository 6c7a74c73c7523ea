import Gateway
import Testing

/// A judge that can't condemn proves nothing: each test changes one line of a ledger that is in order.
@Suite("The judge of refreshing")
struct JudgeTests {
    private typealias Post = GrantLedger.Post

    // Refused once by 429 and once more with success, then unanswered and lost, the grant still standing.
    private let ledger = GrantLedger(
        isRevoked: false, newest: 2, calledWith: 2,
        posts: [
            Post(generation: 1, state: "answered", fault: "plain429", status: 429),
            Post(generation: 1, state: "answered", issued: 2, status: 200),
        ])
    private let journal = [
        Judge.Line(generation: 1, isLastTry: false, state: .refused),
        Judge.Line(generation: 1, isLastTry: false, state: .stored),
    ]

    @Test("finds nothing in a ledger that is in order")
    func order() {
        #expect(Judge.offences(state: .linked, journal: journal, in: ledger).isEmpty)
        var lost = ledger
        lost.posts[1].state = "cut"
        #expect(Judge.offences(state: .needsRelink, journal: journal, in: lost).isEmpty)
    }

    @Test("sees an answer that came and was lost")
    func lost() {
        #expect(!Judge.offences(state: .needsRelink, journal: journal, in: ledger).isEmpty)
    }

    @Test("sees a connection that is said to work by a pair that is not the newest")
    func old() {
        var changed = ledger
        changed.newest = 3
        #expect(!Judge.offences(state: .linked, journal: journal, in: changed).isEmpty)
        changed = ledger
        changed.calledWith = 1
        #expect(!Judge.offences(state: .linked, journal: journal, in: changed).isEmpty)
        changed = ledger
        changed.isRevoked = true
        #expect(!Judge.offences(state: .linked, journal: journal, in: changed).isEmpty)
        changed = ledger
        changed.posts.removeLast()
        #expect(!Judge.offences(state: .linked, journal: journal, in: changed).isEmpty)
    }

    @Test("sees a generation that was posted twice", arguments: ["cut", "held", "arrived"])
    func twice(state: String) {
        var changed = ledger
        changed.posts[0] = Post(generation: 1, state: state)
        #expect(!Judge.offences(state: .linked, journal: journal, in: changed).isEmpty)
        // As a last try it is right.
        let tried = [journal[0], Judge.Line(generation: 1, isLastTry: true, state: .stored)]
        #expect(Judge.offences(state: .linked, journal: tried, in: changed).isEmpty)
    }

    @Test("sees a generation that was posted again after its answer")
    func again() {
        var changed = ledger
        changed.posts[0] = changed.posts[1]
        let tried = [journal[0], Judge.Line(generation: 1, isLastTry: true, state: .stored)]
        #expect(!Judge.offences(state: .linked, journal: tried, in: changed).isEmpty)
    }

    @Test("sees a post that no journal line stands before, and a journal that allows two")
    func journalled() {
        #expect(!Judge.offences(state: .linked, journal: [journal[1]], in: ledger).isEmpty)
        let twice = [journal[1], Judge.Line(generation: 1, isLastTry: false, state: .unanswered)]
        #expect(!Judge.offences(state: .linked, journal: twice, in: ledger).isEmpty)
        // Once the last try was refused in so many words, somebody may ask again.
        let refused = [
            Judge.Line(generation: 1, isLastTry: false, state: .superseded),
            Judge.Line(generation: 1, isLastTry: true, state: .refused),
            Judge.Line(generation: 1, isLastTry: false, state: .stored),
        ]
        #expect(Judge.offences(state: .linked, journal: refused, in: ledger).isEmpty)
    }
}
