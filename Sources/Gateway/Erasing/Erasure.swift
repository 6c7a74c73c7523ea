/// What is remembered of a seller that was erased: ids and times, nothing that tells who it was.
public struct Erasure: Hashable, Sendable {
    /// Who was erased.
    public let seller: SellerID
    /// SHA-256 over the seller's id, a colon and its external ref; `nil` if it had none.
    ///
    /// By it the integrator, who knows both, recognises which of its shops was meant.
    public let refHash: [UInt8]?
    /// The data keys that were destroyed.
    public let dataKeys: [ULID]
    /// When it was erased.
    public let erasedAt: Timestamp
    /// When nothing was left in the store's log either; `nil` until then.
    public let finishedAt: Timestamp?

    /// Takes the fields as they were read or made.
    public init(
        seller: SellerID, refHash: [UInt8]?, dataKeys: [ULID], erasedAt: Timestamp, finishedAt: Timestamp? = nil
    ) {
        self.seller = seller
        self.refHash = refHash
        self.dataKeys = dataKeys
        self.erasedAt = erasedAt
        self.finishedAt = finishedAt
    }
}

/// What the operator can show to whoever asked for the erasure.
public struct ErasureCertificate: Sendable {
    /// What was done.
    public let erasure: Erasure

    /// Whether the erasure is final.
    public var isComplete: Bool { erasure.finishedAt != nil }

    /// What no longer opens, and what is gone.
    public let covers = [
        "Whatever was sealed for the seller in this database no longer opens: the data keys named here are destroyed. "
            + "This holds for tokens, notifications, event bodies, signing secrets and what receivers answered.",
        "Name, external_ref, account name, e-mail address, endpoint URLs and the names of its keys are overwritten in "
            + "the database and its log.",
        "Its links, keys and endpoints no longer work, and what was waiting to be delivered is canceled.",
        "A backup that is restored under this gateway is erased again at its start, by the list at erasures.path.",
    ]

    /// What this says nothing about.
    public let doesNotCover = [
        "A backup made before still opens for whoever holds it and the keyring of that time.",
        "Rows without a name stay: ids, times, states, the account's number at the provider and the ids of what "
            + "its events were about. The lines of the call log go after 30 days.",
        "Copies that the disk itself keeps, such as snapshots, and the gateway's own log lines, which carry ids only.",
        "What was delivered to endpoints or exported before, and what the provider keeps. The shop owner ends the "
            + "application's permission at the provider.",
    ]

    init(_ erasure: Erasure) {
        self.erasure = erasure
    }
}
