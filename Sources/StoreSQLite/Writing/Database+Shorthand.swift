import Foundation
import GRDB
import Gateway

extension Database {
    /// Runs a statement that is compiled once a connection.
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The first row, or `nil`.
    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    /// All rows.
    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }

    /// The integer key behind an id.
    ///
    /// - Throws: ``StoreError/notFound``.
    func seq<Subject>(_ table: String, _ id: Identifier<Subject>) throws -> Int64 {
        guard let row = try row("SELECT seq FROM \(table) WHERE id = ?", [id.blob]) else { throw StoreError.notFound }
        return row["seq"]
    }

    /// The integer key behind the id of a seller that is not erased.
    ///
    /// - Throws: ``StoreError/notFound``.
    func seq(ofLiving seller: SellerID) throws -> Int64 {
        guard let row = try row("SELECT seq FROM seller WHERE id = ? AND state <> 'erased'", [seller.blob]) else {
            throw StoreError.notFound
        }
        return row["seq"]
    }

    /// Refuses when the last statement changed no row.
    func expectChange(orThrow error: StoreError) throws {
        guard changesCount > 0 else { throw error }
    }

    /// Writes the audit line and the idempotency record into the transaction that they are about.
    func record(_ change: Change) throws {
        try record(change.audit)
        guard let record = change.idempotency else { return }
        let day: Int64 = 86_400_000
        try run(
            """
            DELETE FROM idempotency
            WHERE api_key = (SELECT seq FROM api_key WHERE id = ?) AND key = ? AND created_at < ?
            """, [record.apiKey.blob, record.key, record.at.milliseconds - day])
        try run(
            """
            INSERT INTO idempotency (api_key, key, request_hash, status, resource, created_at)
            VALUES ((SELECT seq FROM api_key WHERE id = ?), ?, ?, ?, ?, ?)
            """,
            [
                record.apiKey.blob, record.key, Data(record.requestHash), record.status, record.resource,
                record.at.milliseconds,
            ])
    }
}

/// The conditions of a list, added as they are wanted.
struct Selection {
    private(set) var conditions: [String]
    private(set) var arguments: StatementArguments

    /// Begins with where the page starts; `seq` is the table's own.
    init(_ seq: String, before start: Int64) {
        conditions = ["\(seq) < ?"]
        arguments = [start]
    }

    /// Narrows by one condition with one placeholder, unless the value is `nil`.
    mutating func narrow(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions.append(condition)
        arguments += [value]
    }

    /// Narrows by a condition that has no placeholder.
    mutating func narrow(_ condition: String) {
        conditions.append(condition)
    }

    /// The text after `WHERE`.
    var sql: String { conditions.joined(separator: " AND ") }
}

extension Identifier {
    /// The stored form.
    var blob: Data { Data(ulid.bytes) }
}

extension ULID {
    /// The stored form.
    var blob: Data { Data(bytes) }
}

extension SealedSecret {
    /// The stored form.
    var blob: Data { Data(bytes) }
}

extension Row {
    /// An id that must be there.
    func id<Subject>(_ column: String) throws -> Identifier<Subject> {
        guard let id: Identifier<Subject> = optionalID(column) else { throw UnreadableRow(column: column) }
        return id
    }

    /// An id, or `nil` for NULL.
    func optionalID<Subject>(_ column: String) -> Identifier<Subject>? {
        (self[column] as Data?).flatMap { ULID(bytes: $0) }.map { Identifier($0) }
    }

    /// A ULID that must be there.
    func ulid(_ column: String) throws -> ULID {
        guard let ulid = (self[column] as Data?).flatMap({ ULID(bytes: $0) }) else {
            throw UnreadableRow(column: column)
        }
        return ulid
    }

    /// A value of a closed set that must be there.
    func value<Value: RawRepresentable<String>>(_ column: String) throws -> Value {
        guard let value: Value = optionalValue(column) else { throw UnreadableRow(column: column) }
        return value
    }

    /// A value of a closed set, or `nil` for NULL.
    func optionalValue<Value: RawRepresentable<String>>(_ column: String) -> Value? {
        (self[column] as String?).flatMap { Value(rawValue: $0) }
    }

    /// Text that must have a shape.
    func text<Value: LosslessStringConvertible>(_ column: String) throws -> Value {
        guard let value = Value(self[column] as String) else { throw UnreadableRow(column: column) }
        return value
    }

    /// An account number that must be there.
    func upstreamUser(_ column: String) throws -> UpstreamUserID {
        guard let user = UpstreamUserID(rawValue: self[column]) else { throw UnreadableRow(column: column) }
        return user
    }

    /// A moment that must be there.
    func time(_ column: String) -> Timestamp { Timestamp(milliseconds: self[column]) }

    /// A moment, or `nil` for NULL.
    func optionalTime(_ column: String) -> Timestamp? {
        (self[column] as Int64?).map { Timestamp(milliseconds: $0) }
    }

    /// Bytes that must be there.
    func bytes(_ column: String) -> [UInt8] { Array(self[column] as Data) }

    /// Bytes, or `nil` for NULL.
    func optionalBytes(_ column: String) -> [UInt8]? { (self[column] as Data?).map { Array($0) } }

    /// A sealed value that must be there.
    func sealed(_ column: String) -> SealedSecret { SealedSecret(bytes: bytes(column)) }

    /// An event's body, with `is_proven` beside it.
    func sealedBody() -> SealedBody { SealedBody(sealed: sealed("body"), isProven: self["is_proven"]) }

    /// A sealed value, or `nil` for NULL.
    func optionalSealed(_ column: String) -> SealedSecret? {
        (self[column] as Data?).map { SealedSecret(bytes: Array($0)) }
    }
}

extension Page {
    /// The seq below which a page begins; all of them without a cursor, none for a cursor that is unknown.
    func start(_ table: String, _ db: Database) throws -> Int64 {
        guard let after else { return .max }
        return try db.row("SELECT seq FROM \(table) WHERE id = ?", [after.blob])?["seq"] ?? 0
    }
}

/// A list of strings as a JSON array.
func jsonText(_ strings: [String]) throws -> String {
    String(decoding: try JSONEncoder().encode(strings), as: UTF8.self)
}

extension Row {
    /// A list of strings from a JSON array.
    func strings(_ column: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data((self[column] as String).utf8))
    }
}
