import TestSupport
import Testing

@testable import Gateway

@Suite("The audit's chain")
struct AuditChainTests {
    private let make = Fixtures()
    private let seal = AuditSeal { head in Array(sha256("secret \(head)")) }

    @Test("holds as it was written, in one go and in batches of any size", arguments: [1, 2, 3, 7, 100])
    func whole(batch: Int) {
        let (lines, head) = chain(10, before: 3)
        var verification = AuditVerification()
        for start in stride(from: 0, to: lines.count, by: batch) {
            verification.check(Array(lines[start..<min(start + batch, lines.count)]), head: head)
        }
        let verdict = verification.verdict(head: head, seal: seal)
        #expect(verdict.isIntact)
        #expect(verdict.checked == 10)
        #expect(verdict.unchained == 3)
        #expect(verdict.newestHash == head.hash)
    }

    @Test("that is empty holds")
    func empty() {
        let (lines, head) = chain(0)
        #expect(check(lines, head).isIntact)
    }

    @Test("names the line that was altered", arguments: [0, 4, 9])
    func altered(index: Int) {
        var (lines, head) = chain(10)
        lines[index] = line(index, entry(subject: "another"), link: lines[index].link)
        #expect(check(lines, head) == broken(.altered, lines[index], after: index, of: lines))
    }

    @Test("names the line before which lines are gone", arguments: [1, 5, 9])
    func gap(index: Int) {
        var (lines, head) = chain(10)
        lines.remove(at: index - 1)
        let verdict = check(lines, head)
        #expect(verdict.fault == .gap)
        #expect(verdict.brokenAt == lines[index - 1].id)
        #expect(verdict.checked == index - 1)
    }

    @Test("tells that its newest lines are gone, down to the last one", arguments: [1, 5, 10])
    func cutOff(count: Int) {
        var (lines, head) = chain(10)
        lines.removeLast(count)
        let verdict = check(lines, head)
        #expect(verdict.fault == .cutOff)
        #expect(verdict.brokenAt == lines.last?.id)
    }

    @Test("tells that lines are gone which are older than itself", arguments: [0, 4])
    func oldLines(chained: Int) {
        var (lines, head) = chain(chained, before: 2)
        lines.removeFirst()
        let verdict = check(lines, head)
        #expect(verdict.fault == (chained == 0 ? .cutOff : .gap))
    }

    @Test("does not hold once it was computed anew without the key")
    func computedAnew() {
        let (lines, head) = chain(10)
        let (others, otherHead) = chain(10)
        #expect(check(others, head).fault == .seal)
        let forged = AuditHead(unchained: 0, chained: 10, hash: otherHead.hash, mac: head.mac)
        #expect(check(others, forged).fault == .seal)
        #expect(check(lines, nil).fault == .seal)
        let emptied = AuditHead(unchained: 0, chained: 0, hash: AuditHead.start, mac: head.mac)
        #expect(check([], emptied).fault == .seal)
    }

    @Test("names a line that the gateway did not add", arguments: [true, false])
    func foreign(isChained: Bool) {
        var (lines, head) = chain(4)
        let added = entry()
        let hash = AuditContent(added).hash(after: head.hash)
        lines.append(line(4, added, link: isChained ? .init(previous: head.hash, hash: hash) : nil))
        let verdict = check(lines, head)
        #expect(verdict.fault == (isChained ? .foreign : .altered))
        #expect(verdict.brokenAt == added.id)
    }

    @Test("is not fooled by hashes that were taken away from its first lines")
    func stripped() {
        var (lines, head) = chain(4, before: 2)
        let first = lines[2]
        lines[2] = AuditLine(position: first.position, id: first.id, content: first.content, link: nil)
        #expect(check(lines, head).fault == .altered)
        #expect(check(lines, head).brokenAt == first.id)
    }

    @Test("covers every field, and no two fields run into each other")
    func fields() {
        let ulid = make.ids.ulid()
        let of = { (at: Int64, actor: String, action: String, subject: String, seller: ULID?, request: String?) in
            AuditContent(
                id: ulid, at: at, actor: Array(actor.utf8), action: Array(action.utf8), subject: Array(subject.utf8),
                seller: seller, request: request.map { Array($0.utf8) }
            ).hash(after: AuditHead.start)
        }
        let hashes = [
            of(1, "ab", "c", "d", nil, "e"), of(2, "ab", "c", "d", nil, "e"), of(1, "a", "bc", "d", nil, "e"),
            of(1, "ab", "cd", "", nil, "e"), of(1, "ab", "c", "de", nil, nil), of(1, "ab", "c", "d", ulid, "e"),
        ]
        #expect(Set(hashes).count == hashes.count)
    }

    private func check(_ lines: [AuditLine], _ head: AuditHead?) -> AuditVerdict {
        var verification = AuditVerification()
        verification.check(lines, head: head)
        return verification.verdict(head: head, seal: seal)
    }

    private func broken(
        _ fault: AuditVerdict.Fault, _ line: AuditLine, after checked: Int, of lines: [AuditLine]
    ) -> AuditVerdict {
        AuditVerdict(
            checked: checked, unchained: 0,
            newestHash: checked == 0 ? AuditHead.start : lines[checked - 1].link?.hash ?? [], fault: fault,
            brokenAt: line.id)
    }

    private func entry(subject: String = "sel_1") -> AuditEntry {
        AuditEntry(
            id: make.ids.next(), at: make.clock.now, actor: .command, action: .sellerCreated, subject: subject,
            seller: nil, request: nil)
    }

    private func line(_ position: Int, _ entry: AuditEntry, link: AuditLine.Link?) -> AuditLine {
        AuditLine(position: Int64(position), id: entry.id, content: AuditContent(entry), link: link)
    }

    private func chain(_ count: Int, before unchained: Int = 0) -> (lines: [AuditLine], head: AuditHead) {
        var lines = (0..<unchained).map { line($0, entry(), link: nil) }
        var previous = AuditHead.start
        for number in 0..<count {
            let entry = entry()
            let hash = AuditContent(entry).hash(after: previous)
            lines.append(line(unchained + number, entry, link: .init(previous: previous, hash: hash)))
            previous = hash
        }
        let mac = seal.mac(unchained: unchained, chained: count, hash: previous)
        return (lines, AuditHead(unchained: unchained, chained: count, hash: previous, mac: mac))
    }
}
