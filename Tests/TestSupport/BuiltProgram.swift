import Foundation

/// Path of the program `enlace` that was built beside the tests.
public let program: String = {
    let tests = URL(filePath: CommandLine.arguments[0]).absoluteURL.deletingLastPathComponent()
    return tests.appending(path: "enlace").path()
}()
