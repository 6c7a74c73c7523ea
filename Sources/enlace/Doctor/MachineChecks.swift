import Foundation
import Gateway
import GatewayServer

/// What `enlace doctor` sees by itself, whether a gateway runs or not.
struct MachineChecks: Sendable {
    /// Whether the configuration can be used, and the settings if so.
    func configuration(_ options: ConfigurationOptions) async -> (DoctorFinding, GatewaySettings?) {
        let name = options.path ?? "The environment alone"
        do {
            let settings = try await options.settings()
            return (DoctorFinding("configuration", .ok, "\(name) can be used."), settings)
        } catch {
            let finding = DoctorFinding(
                "configuration", .failure, "\(name) can't be used. \(error)",
                fix: "Correct it: every key is explained in deploy/enlace.example.yaml.")
            return (finding, nil)
        }
    }

    /// Everything else.
    func findings(_ settings: GatewaySettings) async -> [DoctorFinding] {
        let ports = PortCheck()
        return [
            await keyring(settings), database(settings), files(settings),
            await ports.finding("public_port", settings.listen, setting: "listen"),
            await ports.finding("internal_port", settings.internalListen, setting: "internal"),
        ]
    }

    /// How much room there is beside the database.
    func disk(_ settings: GatewaySettings) -> DoctorFinding {
        DoctorFinding(DiskSpace.finding(left: DiskSpace.left(besideFile: settings.databasePath)))
    }

    private func keyring(_ settings: GatewaySettings) async -> DoctorFinding {
        if case .environment = settings.keyring.source,
            ProcessInfo.processInfo.environment[KeyRingSource.variable] == nil
        {
            return DoctorFinding(
                "keyring_file", .notChecked,
                "The keyring comes from \(KeyRingSource.variable), which this command was not given.")
        }
        do {
            let ring = try await settings.keyring.source.read(clock: ContinuousClock())
            let count = ring.ids.count
            return DoctorFinding(
                "keyring_file", .ok,
                "The keyring can be read: \(count == 1 ? "one key" : "\(count) keys"), \(ring.current) is current.")
        } catch {
            return DoctorFinding("keyring_file", .failure, "The keyring can't be used.", fix: "\(error)")
        }
    }

    private func database(_ settings: GatewaySettings) -> DoctorFinding {
        guard FileManager.default.fileExists(atPath: settings.databasePath) else {
            return DoctorFinding(
                "database_file", .warning, "There is no database at \(settings.databasePath) yet.",
                fix: "Set the installation up with `enlace init`.")
        }
        guard access(settings.databasePath, R_OK | W_OK) == 0 else {
            return DoctorFinding(
                "database_file", .failure, "This user can't read and write \(settings.databasePath).",
                fix: "Run this as the gateway's user, or give that user the file and its folder.")
        }
        return DoctorFinding("database_file", .ok, "The database is \(settings.databasePath).")
    }

    /// What must be its owner's alone; the keyring's and the client's files are looked at whenever they are read.
    private func files(_ settings: GatewaySettings) -> DoctorFinding {
        let database = settings.databasePath
        let files = [database, "\(database)-wal", "\(database)-shm", "\(database).lock", settings.erasuresPath]
        let folders = ["\(database).spool", "\(database).spool/exchanges"]
        let open = (files + folders).filter { path in
            let mode = try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            return (mode ?? 0) & 0o077 != 0
        }
        guard !open.isEmpty else { return DoctorFinding("files", .ok, "The gateway's files are its user's alone.") }
        return DoctorFinding(
            "files", .failure, "Others can get at \(open.joined(separator: ", ")).",
            fix: "Run `chmod go= \(open.joined(separator: " "))`.")
    }
}
