import Gateway
import Hummingbird

/// `/v1/backups`.
struct BackupRoutes: Sendable {
    let backups: Backups

    func add(to api: APIRoutes) {
        api.get("/backups") { call in
            BackupList(data: try backups.list(for: call.principal).map { BackupResource($0) })
        }
        api.post("/backups", status: .created) { name, call in
            BackupResource(try backups.backup(named: name, for: call.principal))
        } _: { call in
            BackupResource(try await backups.create(by: call.caller))
        }
    }
}

/// All backups.
struct BackupList: Encodable {
    let data: [BackupResource]
}

/// A backup as the API shows it; the file itself is the operator's to fetch.
struct BackupResource: Encodable {
    let name, path, createdAt, reason: String
    let schema, bytes: Int

    init(_ kept: Backups.Kept) {
        name = kept.backup.name
        path = kept.path
        createdAt = kept.backup.madeAt.description
        reason = kept.backup.reason.rawValue
        schema = kept.backup.schema
        bytes = kept.backup.bytes
    }
}
