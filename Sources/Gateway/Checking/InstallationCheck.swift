/// Looks whether what the gateway runs on is as it should be: database, disk, keyring, clock, provider, address.
public struct InstallationCheck: Sendable {
    /// What was found.
    public struct Report: Sendable {
        /// When.
        public let checkedAt: Timestamp
        /// One finding for each thing that was looked at.
        public let findings: [Finding]
    }

    /// For so long a renewal may have been due and untried before something is wrong.
    static let longestWait = Duration.seconds(86_400)
    /// For so long a delivery may have been due before something is wrong.
    static let longestDue = Duration.seconds(900)
    /// Counting stops here.
    static let mostCounted = 1_000

    private let store: any StoreHealth & DeliveryStore & TokenStore & ApplicationStore
    private let rotation: KeyRotation
    private let spools: [AnswerSpool]
    private let freeBytes: @Sendable () -> Int64?
    private let reach: ReachCheck
    private let clockCheck: ClockCheck
    private let clock: WallClock

    init(
        store: any StoreHealth & DeliveryStore & TokenStore & ApplicationStore, rotation: KeyRotation,
        spools: [AnswerSpool], freeBytes: @escaping @Sendable () -> Int64?, reach: ReachCheck,
        clockCheck: ClockCheck, clock: WallClock
    ) {
        self.store = store
        self.rotation = rotation
        self.spools = spools
        self.freeBytes = freeBytes
        self.reach = reach
        self.clockCheck = clockCheck
        self.clock = clock
    }

    /// Looks at everything and changes nothing.
    ///
    /// Takes up to 20 seconds where the provider is silent.
    ///
    /// - Throws: ``Problem`` for a caller that may not.
    public func run(for principal: Principal) async throws(Problem) -> Report {
        try principal.require(.read)
        try principal.requireUnbound()
        async let provider = clockCheck.findings()
        async let address = reach.finding(.publicURL)
        async let keys = rotation.findings()
        async let database = database()
        let own = await [DiskSpace.finding(left: freeBytes()), spool(), renewals(), deliveries(), applications()]
        let findings = await database + keys + own + provider + [address]
        return Report(checkedAt: clock.now, findings: findings)
    }

    private func database() async -> [Finding] {
        let diagnosis: StoreDiagnosis
        do throws(StoreError) { diagnosis = try await store.diagnosis() } catch {
            let detail = error == .corrupted ? "The database is damaged." : "The database does not answer."
            let fix = "Stop the gateway, keep a copy of the database's files, and restore the newest backup."
            return [
                Finding(.databaseDurability, .notChecked, detail),
                Finding(.databaseIntegrity, .failure, detail, fix: fix),
            ]
        }
        let durability =
            diagnosis.lapses.isEmpty
            ? Finding(.databaseDurability, .ok, "What is answered with success is on the disk.")
            : Finding(
                .databaseDurability, .failure,
                "The database does not sync its commits: "
                    + diagnosis.lapses.joined(separator: ", ") + ".",
                fix: "Start the gateway anew; it refuses to start where the database can't be durable.")
        return [durability, Self.integrity(diagnosis.integrity)]
    }

    private static func integrity(_ integrity: StoreDiagnosis.Integrity) -> Finding {
        switch integrity {
        case .whole: Finding(.databaseIntegrity, .ok, "The database is whole.")
        case .damaged:
            Finding(
                .databaseIntegrity, .failure, "The database is damaged.",
                fix: "Stop the gateway, keep a copy of the database's files, and restore the newest backup.")
        case .tooLarge(let bytes):
            Finding(
                .databaseIntegrity, .notChecked,
                "The database has \(DiskSpace.words(bytes)), which takes too long to read while shops are served.",
                fix: "Check a backup instead: `sqlite3 <backup> 'PRAGMA integrity_check'`.")
        }
    }

    private func spool() -> Finding {
        guard spools.allSatisfy({ $0.isUsable() }) else {
            return Finding(
                .spool, .failure, "The provider's answers have no place beside the database: no token is renewed.",
                fix: "Make room on that disk, and give the folder `<database>.spool` to the gateway's user, mode 0700.")
        }
        return Finding(.spool, .ok, "The provider's answers have a place beside the database.")
    }

    private func renewals() async -> Finding {
        do throws(StoreError) {
            let due = try await store.dueForRefresh(at: clock.now - Self.longestWait, limit: Self.mostCounted).count
            guard due > 0 else { return Finding(.refreshBacklog, .ok, "No renewal has been due for long.") }
            return Finding(
                .refreshBacklog, .warning,
                "\(due == Self.mostCounted ? "At least " : "")\(due) renewals have been due for more than a day.",
                fix: "Look into the gateway's log: the provider may be unreachable, or the clock have jumped.")
        } catch { return Finding(.refreshBacklog, .notChecked, "The database does not answer.") }
    }

    private func deliveries() async -> Finding {
        do throws(StoreError) {
            let depth = try await store.queueDepth(at: clock.now)
            let isLate = depth.oldestDueAt.map { clock.now - $0 > Self.longestDue } ?? false
            guard isLate else {
                return Finding(.deliveryBacklog, .ok, "\(depth.open) deliveries are open; no endpoint waits for long.")
            }
            return Finding(
                .deliveryBacklog, .warning,
                "\(depth.open) deliveries are open, and an endpoint has waited since \(depth.oldestDueAt ?? clock.now).",
                fix:
                    "`enlace deliveries list --state pending` shows them; the machine may be too slow or the clock have "
                    + "jumped.")
        } catch { return Finding(.deliveryBacklog, .notChecked, "The database does not answer.") }
    }

    private func applications() async -> Finding {
        do throws(StoreError) {
            guard try await store.applications(page: Page(limit: 1)).isEmpty else {
                return Finding(.applications, .ok, "There is an application; each has a check of its own.")
            }
            return Finding(
                .applications, .warning, "There is no application yet: no shop can be linked.",
                fix: "Register the one from the provider's panel: `enlace applications create`.")
        } catch { return Finding(.applications, .notChecked, "The database does not answer.") }
    }
}

/// Both checks, made of what they use.
public struct SetupChecks: Sendable {
    /// Of an application.
    public let application: ApplicationCheck
    /// Of the installation.
    public let installation: InstallationCheck

    /// Takes what they use.
    ///
    /// - Parameters:
    ///   - store: Looked at.
    ///   - applications: Looked at.
    ///   - tokens: Asks for an application's own token.
    ///   - rotation: Knows the keyring.
    ///   - address: The gateway's own.
    ///   - spools: Where the provider's answers go.
    ///   - freeBytes: What is left on the disk with the database, in bytes; `nil` where it does not say.
    ///   - upstream: Tells the provider's time.
    ///   - probe: Asks the gateway's own address.
    ///   - topics: What the panel's webhook is to tell of, as the panel names it.
    ///   - clock: This machine's time.
    ///   - random: Draws nonces.
    public init(
        store: any StoreHealth & DeliveryStore & TokenStore & ApplicationStore, applications: Applications,
        tokens: ApplicationTokens, rotation: KeyRotation, address: PublicAddress, spools: [AnswerSpool],
        freeBytes: @escaping @Sendable () -> Int64?, upstream: any UpstreamClock, probe: any AddressProbe,
        topics: [String], clock: WallClock, random: RandomSource
    ) {
        let reach = ReachCheck(address: address, probe: probe, random: random)
        let clockCheck = ClockCheck(upstream: upstream, clock: clock)
        application = ApplicationCheck(
            applications: applications, tokens: tokens, reach: reach, clockCheck: clockCheck, topics: topics,
            clock: clock)
        installation = InstallationCheck(
            store: store, rotation: rotation, spools: spools, freeBytes: freeBytes, reach: reach,
            clockCheck: clockCheck, clock: clock)
    }
}
