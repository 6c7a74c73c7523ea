extension KeyRotation {
    /// Whether everything is wrapped by the current key, and whether the next start finds the same keyring.
    func findings() async -> [Finding] {
        [await inUse(), await atSource()]
    }

    private func inUse() async -> Finding {
        let status: Status
        do throws(Problem) { status = try await self.status() } catch {
            return Finding(.keyring, .notChecked, "The database does not say what depends on its keys.")
        }
        let older = status.keys.filter { $0.id != status.current }
        guard !older.isEmpty else {
            return Finding(.keyring, .ok, "One key, \(status.current), wraps all \(status.total) data keys.")
        }
        guard status.done == status.total else {
            return Finding(
                .keyring, .warning,
                "\(status.done) of \(status.total) data keys are wrapped by the current key \(status.current).",
                fix: "Wait: the rest is wrapped in the background. `enlace keyring status` shows how far it has come.")
        }
        return Finding(
            .keyring, .warning, "Nothing depends on \(older.map(\.id).joined(separator: ", ")) any more.",
            fix: "Keep a copy of the keyring for as long as you keep backups from before, then `enlace keyring retire "
                + "\(older[0].id)`.")
    }

    private func atSource() async -> Finding {
        if case .environment = source {
            return Finding(
                .keyringSource, .notChecked, "The keyring came from its variable, which is wiped after the start.")
        }
        let old = vault.keyRing
        let found: KeyRing
        do throws(Problem) { found = try await checked(against: old) } catch {
            return Finding(
                .keyringSource, .failure, error.detail, fix: "Put that right before the next start, which would fail.")
        }
        guard found.current == old.current, Set(found.ids) == Set(old.ids) else {
            return Finding(
                .keyringSource, .warning, "The keyring was changed, and the gateway still uses the one before.",
                fix: "`enlace keyring reload`.")
        }
        return Finding(.keyringSource, .ok, "The next start finds the keyring that is in use.")
    }
}
