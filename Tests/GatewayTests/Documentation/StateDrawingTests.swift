import Foundation
import Gateway
import Testing

/// The drawings of the documentation against what is drawn: a picture that nobody compares goes stale.
@Suite("The documentation's state machines")
struct StateDrawingTests {
    struct Drawing: Sendable, CustomTestStringConvertible {
        let heading: String
        let states: Set<String>
        var testDescription: String { heading }

        init<State: RawRepresentable<String> & CaseIterable>(_ heading: String, of type: State.Type) {
            self.heading = heading
            states = Set(type.allCases.map(\.rawValue))
        }
    }

    static let drawings = [
        Drawing("Connection", of: Connection.State.self),
        Drawing("Onboarding link", of: OnboardingLink.State.self),
        Drawing("Refresh journal", of: RefreshEntry.State.self),
        Drawing("Exchange journal", of: ExchangeEntry.State.self),
        Drawing("Delivery", of: Delivery.State.self),
        Drawing("Endpoint", of: Endpoint.State.self),
        Drawing("Breaker of an endpoint", of: EndpointHealth.Breaker.self),
        Drawing("Event", of: Event.State.self),
        Drawing("Job", of: Job.State.self),
        Drawing("Seller", of: Seller.State.self),
    ]

    @Test("draw every state there is", arguments: drawings)
    func complete(drawing: Drawing) throws {
        let words = try Self.words(in: Self.page(), below: drawing.heading)
        #expect(drawing.states.subtracting(words) == [], "not drawn")
    }

    @Test("draw machines that exist, each")
    func known() throws {
        let headings = try Self.page().split(separator: "\n").filter { $0.hasPrefix("### ") }.map { $0.dropFirst(4) }
        #expect(Set(headings.map(String.init)) == Set(Self.drawings.map(\.heading)))
    }

    @Test("name no word with an underscore that is no state")
    func nothingElse() throws {
        for drawing in Self.drawings {
            let words = try Self.words(in: Self.page(), below: drawing.heading).filter { $0.contains("_") }
            #expect(words.subtracting(drawing.states) == [], "\(drawing.heading)")
        }
    }

    @Test("are read so that a missing state is seen")
    func canFail() {
        let page = "### Seller\n\n```\nactive ──▶ erased\n```\n\n### Other\n\n```\ndisabled\n```\n"
        #expect(Self.words(in: page, below: "Seller") == ["active", "erased"])
    }

    /// The words of the drawing below a heading.
    private static func words(in page: String, below heading: String) -> Set<String> {
        let section = page.components(separatedBy: "### \(heading)\n").dropFirst().first ?? ""
        let drawing = section.components(separatedBy: "```").dropFirst().first ?? ""
        let letters = drawing.split { !($0.isASCII && ($0.isLetter || $0 == "_")) }
        return Set(letters.map(String.init))
    }

    private static func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "Sources/Gateway/Gateway.docc/StateMachines.md")
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}
