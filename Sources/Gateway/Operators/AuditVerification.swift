/// What the check of the audit came to.
public struct AuditVerdict: Hashable, Sendable {
    /// How a chain is broken.
    public enum Fault: String, Sendable, CaseIterable {
        /// The line is not as it was written.
        case altered
        /// What stood before the line is gone.
        case gap
        /// The line is newer than the newest that the gateway wrote.
        case foreign
        /// The newest lines are gone; the line is the newest that is left.
        case cutOff = "cut_off"
        /// The end of the chain is not the one that was sealed; the line is the newest.
        case seal
    }

    /// How many lines hold, from the first of the chain on.
    public let checked: Int
    /// How many lines are older than the chain, and are not covered by it.
    public let unchained: Int
    /// The hash of the last line that holds, to be kept elsewhere.
    public let newestHash: [UInt8]
    /// How the chain is broken; `nil` for one that holds.
    public let fault: Fault?
    /// The line at which it is; `nil` also where no line is left.
    public let brokenAt: Identifier<AuditEntry>?

    /// Whether the whole chain holds.
    public var isIntact: Bool { fault == nil }
}

/// Checks the audit line by line, oldest first, and stops at the first fault.
///
/// Keeps two hashes and three numbers, however long the audit is.
public struct AuditVerification: Sendable {
    private var checked = 0
    private var unchained = 0
    private var previous = AuditHead.start
    private var newest: Identifier<AuditEntry>?
    private var fault: (AuditVerdict.Fault, Identifier<AuditEntry>?)?

    /// Begins before the first line.
    public init() {}

    /// Whether a fault was found, after which nothing more is looked at.
    public var isOver: Bool { fault != nil }

    /// Checks the next lines.
    ///
    /// - Parameters:
    ///   - lines: What follows the lines that were checked before, oldest first.
    ///   - head: The chain's end at the time of that read; `nil` where it is gone.
    public mutating func check(_ lines: [AuditLine], head: AuditHead?) {
        for line in lines {
            guard fault == nil else { return }
            guard let found = fault(in: line, head) else {
                newest = line.id
                continue
            }
            fault = (found, line.id)
        }
    }

    /// What it came to, once there are no further lines.
    ///
    /// - Parameters:
    ///   - head: The chain's end at the time of the last read; `nil` where it is gone.
    ///   - seal: What the end is sealed with.
    /// - Returns: The first fault, or that there is none.
    public func verdict(head: AuditHead?, seal: AuditSeal) -> AuditVerdict {
        let found = fault ?? faultAtEnd(head, seal).map { ($0, newest) }
        return AuditVerdict(
            checked: checked, unchained: unchained, newestHash: previous, fault: found?.0, brokenAt: found?.1)
    }

    private mutating func fault(in line: AuditLine, _ head: AuditHead?) -> AuditVerdict.Fault? {
        guard let link = line.link else {
            // Older than the chain, or its hashes were taken away.
            guard checked == 0, unchained < head?.unchained ?? .max else { return .altered }
            unchained += 1
            return nil
        }
        guard link.previous == previous, unchained >= head?.unchained ?? 0 else { return .gap }
        guard line.content.hash(after: previous) == link.hash else { return .altered }
        guard checked < head?.chained ?? .max else { return .foreign }
        checked += 1
        previous = link.hash
        return nil
    }

    private func faultAtEnd(_ head: AuditHead?, _ seal: AuditSeal) -> AuditVerdict.Fault? {
        guard let head, seal.holds(head) else { return .seal }
        if checked < head.chained || unchained < head.unchained { return .cutOff }
        return previous == head.hash ? nil : .seal
    }
}
