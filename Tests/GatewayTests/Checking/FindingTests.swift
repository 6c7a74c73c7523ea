import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("A finding")
struct FindingTests {
    @Test("about the disk goes by what is left on it")
    func disk() {
        #expect(DiskSpace.finding(left: nil).result == .notChecked)
        #expect(DiskSpace.finding(left: 100 << 20).result == .failure)
        #expect(DiskSpace.finding(left: 1 << 30).result == .warning)
        #expect(DiskSpace.finding(left: 3 << 30).result == .ok)
        #expect(DiskSpace.finding(left: (3 << 30) / 2).detail.contains("1.5 GiB"))
        #expect(DiskSpace.left(besideFile: "/proc/none/here") == nil)
        #expect(DiskSpace.left(besideFile: NSTemporaryDirectory() + "a").map { $0 > 0 } == true)
    }

    @Test("that is worst decides, and what was not checked counts for nothing")
    func worst() {
        #expect(Finding.Result.worst(of: []) == .ok)
        #expect(Finding.Result.worst(of: [.ok, .notChecked]) == .ok)
        #expect(Finding.Result.worst(of: [.ok, .warning, .notChecked]) == .warning)
        #expect(Finding.Result.worst(of: [.warning, .failure, .ok]) == .failure)
    }

    @Test("about the spool is made by trying it, and leaves nothing behind")
    func spool() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path + "/spool"
            let spool = AnswerSpool(folder: path)
            #expect(spool.isUsable())
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [])
            // What is made on the way is its owner's alone, too.
            #expect(AnswerSpool(folder: folder.path + "/other/inner").isUsable())
            for name in ["spool", "other", "other/inner"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")
                #expect(attributes[.posixPermissions] as? Int == 0o700, "\(name)")
            }
            // A file in the folder's place: not even root can write into that.
            try FileManager.default.removeItem(atPath: path)
            try Data().write(to: URL(filePath: path))
            #expect(!spool.isUsable())
        }
    }
}
