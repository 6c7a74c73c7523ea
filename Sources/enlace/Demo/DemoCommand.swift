import ArgumentParser
import Foundation

/// Shows all of the product on this machine: `enlace demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Link, charge and notify three shops against the sandbox, on this machine alone.",
        discussion: "Everything runs in a new folder under the system's temporary one, which is removed at the end.")

    @Flag(help: "Stop after the report.") var once = false
    @Option(help: "Work in this empty folder and keep it.") var folder: String?

    func run() async throws {
        let place = try place()
        let stack = try await LocalStack(folder: place, executable: try Self.ownProgram(), settings: Demo.settings)
        let began = ContinuousClock.now
        var report: DemoReport?
        do {
            let demo = try await Demo(stack: stack) { print("· \($0)") }
            try await demo.run { made in
                report = made
                let seconds = (ContinuousClock.now - began).components.seconds
                print(made.text + "\n(\(seconds) s)")
                if !once { await stayUp(stack) }
            }
        } catch {
            await stack.stop()
            print("\nThe demonstration broke off: \(error)\nLogs are in \(place.path())")
            throw ExitCode.failure
        }
        await stack.stop()
        guard report?.failures.isEmpty ?? false else {
            print("Logs are in \(place.path())")
            throw ExitCode.failure
        }
        if folder == nil { try FileManager.default.removeItem(at: place) }
    }

    private func place() throws -> URL {
        let path = folder ?? FileManager.default.temporaryDirectory.path() + "/enlace-demo-\(UUID().uuidString)"
        let place = URL(filePath: path, directoryHint: .isDirectory).absoluteURL
        try FileManager.default.createDirectory(
            at: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard try FileManager.default.contentsOfDirectory(atPath: place.path()).isEmpty else {
            throw ValidationError("--folder takes an empty folder.")
        }
        return place
    }

    private func stayUp(_ stack: LocalStack) async {
        let pages = (try? stack.panel.address("authorization")) ?? ""
        print(
            """

            Everything stays up until you press Ctrl-C.
              Gateway    \(stack.url)   metrics \(stack.internalURL)/metrics
              Terminals  \(pages)/terminals
              Try        cd \(stack.folder.path()) && enlace sellers list
            """)
        await Interrupt.wait()
    }

    /// This program's own path, so that the demonstration runs what was installed.
    private static func ownProgram() throws -> String {
        guard let path = Bundle.main.executablePath else { throw WaitedInVain(what: "this program's own path") }
        return path
    }
}
