import Foundation

/// How much room there is beside a file.
public enum DiskSpace {
    /// What is left for this user on the disk of the file's folder, in bytes; `nil` where nobody says.
    public static func left(besideFile path: String) -> Int64? {
        let folder = URL(filePath: path).deletingLastPathComponent().path()
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).0)
    }

    /// With less than this writes are about to fail, in bytes.
    static let least: Int64 = 200 << 20
    /// With less than this it is time to make room, in bytes.
    static let scarce: Int64 = 2 << 30

    /// What so many bytes mean for the database.
    public static func finding(left: Int64?) -> Finding {
        guard let left else {
            return Finding(.disk, .notChecked, "The disk with the database does not say how much space it has.")
        }
        let detail = "The disk with the database has \(words(left)) left."
        guard left < scarce else { return Finding(.disk, .ok, detail) }
        return Finding(
            .disk, left < least ? .failure : .warning, detail,
            fix: "Make room there: on a full disk no notification is taken and no token renewed.")
    }

    /// Bytes in words: `1.5 GiB`, `20 MiB`.
    static func words(_ bytes: Int64) -> String {
        let (unit, name): (Int64, String) = bytes >= 1 << 30 ? (1 << 30, "GiB") : (1 << 20, "MiB")
        let tenths = bytes * 10 / unit
        return "\(tenths / 10)\(tenths % 10 == 0 ? "" : ".\(tenths % 10)") \(name)"
    }
}
