import Foundation

/// A process and all that descend from it, as `/proc` shows them just now.
struct ProcessTree: Sendable {
    /// Resident memory of all of them in MiB; pages that they share count for each.
    let memory: Double
    /// Seconds of processor time that all of them have used so far.
    let processorSeconds: Double

    /// Looks at the processes that live now.
    init(root: Int32) {
        var children: [Int32: [Int32]] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let id = Int32(name), let parent = Self.fields(of: id)?[1], let parent = Int32(parent) else {
                continue
            }
            children[parent, default: []].append(id)
        }
        var found = [root]
        var index = 0
        while index < found.count {
            found += children[found[index]] ?? []
            index += 1
        }
        memory = found.reduce(0) { $0 + Self.memory(of: $1, "VmRSS") }
        processorSeconds = found.reduce(0) { $0 + Self.processorSeconds(of: $1) }
    }

    /// What the kernel says of one process's memory in MiB; 0 for one that has ended.
    static func memory(of id: Int32, _ name: String) -> Double {
        let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }.first
        return (kibibytes ?? 0) / 1024
    }

    /// The processor seconds of one process; 0 for one that has ended.
    static func processorSeconds(of id: Int32) -> Double {
        guard let fields = fields(of: id), fields.count > 12, let user = Double(fields[11]),
            let system = Double(fields[12])
        else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// What stands in `/proc/…/stat` behind the name, which is in parentheses and may hold spaces.
    private static func fields(of id: Int32) -> [Substring]? {
        guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return nil }
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 1 ? fields : nil
    }
}
