import Foundation
import GRDB
import Gateway

extension Database {
    /// Writes an audit line behind the newest, and moves the chain's end.
    ///
    /// There is one writer, so nobody comes between reading the end and moving it.
    func record(_ entry: AuditEntry) throws {
        guard let head = try row("SELECT hash FROM audit_head") else { throw UnreadableRow(column: "audit_head.hash") }
        let seller = try entry.seller.flatMap { try row("SELECT seq FROM seller WHERE id = ?", [$0.blob]) }
        let previous = head.bytes("hash")
        // The hash is of what is stored: a seller who is not there is stored as none.
        let hash = Data((seller == nil ? entry.withoutSeller : entry).chainHash(after: previous))
        try run(
            """
            INSERT INTO audit (id, done_at, actor, action, subject, seller, request, previous_hash, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                entry.id.blob, entry.at.milliseconds, entry.actor.description, entry.action.rawValue, entry.subject,
                seller?["seq"] as Int64?, entry.request, Data(previous), hash,
            ])
        try run(
            """
            UPDATE audit_head
            SET chained = chained + 1, hash = ?1, mac = audit_seal(unchained, chained + 1, ?1)
            """, [hash])
    }
}

extension AuditEntry {
    fileprivate var withoutSeller: AuditEntry {
        AuditEntry(id: id, at: at, actor: actor, action: action, subject: subject, seller: nil, request: request)
    }

    fileprivate func chainHash(after previous: [UInt8]) -> [UInt8] {
        AuditContent(self).hash(after: previous)
    }
}

extension AuditSeal {
    /// The seal as the SQL function of that name, over the head's three columns.
    var function: DatabaseFunction {
        DatabaseFunction("audit_seal", argumentCount: 3, pure: true) { values in
            guard let unchained = Int.fromDatabaseValue(values[0]), let chained = Int.fromDatabaseValue(values[1]),
                let hash = Data.fromDatabaseValue(values[2])
            else { throw UnreadableRow(column: "audit_head") }
            return Data(mac(unchained: unchained, chained: chained, hash: Array(hash)))
        }
    }
}
