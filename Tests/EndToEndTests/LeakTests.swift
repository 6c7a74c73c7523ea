import Foundation
import TestSupport
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("Secrets")
    struct LeakTests {
        /// The kinds that the run must have planted, or the search would prove little.
        private static let kinds: Set = [
            "client_secret", "webhook_secret", "access_token", "refresh_token", "code", "state", "code_verifier",
            "cookie", "link_token", "api_key", "endpoint_secret", "password", "keyring_key", "webhook_path",
            LeakWatch.business,
        ]

        @Test("of every kind are nowhere to be found after a day of linking, charging, failing and bad requests")
        func nowhere() async throws {
            let settings = Demo.settings.merging(["log.level": "trace"]) { $1 }
            try await withAPI(settings: settings) { stack, api in
                let day = LeakDay(stack: stack, api: api)
                try await day.run()
                let planted = Set(day.watch.secrets.map(\.kind))
                #expect(Self.kinds.isSubset(of: planted), "not planted: \(Self.kinds.subtracting(planted).sorted())")
                let log = try stack.gatewayLog()
                #expect(log.contains(" trace ") && log.contains(" debug "))

                // Whoever may read the shop's business does.
                let answers = day.watch.evidence.filter { $0.place == .answer }.map(\.bytes)
                for text in day.business {
                    #expect(answers.contains { $0.range(of: Data(text.utf8)) != nil }, "\(text)")
                }
                // The search can fail: what everybody may know is found in each kind of place.
                let known = day.watch.places(of: day.known)
                #expect(known == Set(LeakPlace.allCases), "not seen: \(Set(LeakPlace.allCases).subtracting(known))")
                let leaks = day.watch.leaks()
                #expect(leaks.isEmpty, "\(leaks.joined(separator: "\n"))")
            }
        }
    }
}
