/// Copies what a store keeps.
public protocol BackupStore: Sendable {
    /// Copies everything as of one moment to an empty file that needs no other, and proves the copy sound.
    ///
    /// Readers and the writer go on meanwhile. What is left where it throws is not to be believed.
    ///
    /// - Throws: ``BackupError``.
    func copy(to path: String) async throws(BackupError) -> BackupContents
}
