/// What a copy of the database says of itself: which version wrote it, and by which keyring it opens.
public struct BackupContents: Sendable {
    /// The number of the newest migration in it.
    public let schema: Int
    /// The canary; `nil` in one that was copied before its first start.
    public let canary: SealedSecret?
    /// The installation's data keys.
    public let dataKeys: [WrappedDataKey]
    /// The ids of all keyring keys that some data key in it is wrapped by.
    public let keyringKeys: [String]

    /// Takes the fields as they were read.
    public init(schema: Int, canary: SealedSecret?, dataKeys: [WrappedDataKey], keyringKeys: [String]) {
        self.schema = schema
        self.canary = canary
        self.dataKeys = dataKeys
        self.keyringKeys = keyringKeys
    }

    /// Proves that the keyring opens it.
    ///
    /// - Throws: ``BackupError/notOpened(_:)``, naming the key that is missing.
    public func check(openedBy keyRing: KeyRing) throws(BackupError) {
        do throws(VaultError) {
            for id in keyringKeys { _ = try keyRing.key(id) }
            guard let canary else {
                guard keyringKeys.isEmpty else { throw .doesNotOpen }
                return
            }
            try Vault.check(canary, dataKeys, openedBy: keyRing)
        } catch {
            throw .notOpened(error)
        }
    }
}
