import Foundation
import Gateway
import NIOHTTP1
import TestSupport
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("The demonstration")
    struct DemonstrationTests {
        @Test("leaves no secret that the sandbox or the gateway gave out in database, logs or metrics")
        func markers() async throws {
            try await withTemporaryFolder { folder in
                let stack = try await LocalStack(folder: folder, executable: program, settings: Demo.settings)
                do {
                    let demo = try await Demo(stack: stack) { _ in }
                    try await demo.run { report in
                        #expect(report.failures == [])
                        try await look(into: stack)
                    }
                } catch {
                    await stack.stop()
                    throw error
                }
            }
        }

        private func look(into stack: LocalStack) async throws {
            let issued = try await stack.panel.call(.GET, "/secrets")["secrets"]?.array ?? []
            let kinds = Set(issued.compactMap { $0["kind"]?.string })
            #expect(
                kinds.isSuperset(of: [
                    "access_token", "refresh_token", "code", "code_verifier", "state", "client_secret",
                    "webhook_secret", "integrator_token",
                ]))
            let metrics = try await WebBrowser.withBrowser { try await $0.open(stack.internalURL + "/metrics") }
            #expect(metrics.html.contains("enlace_deliveries_total"))
            await stack.stop()

            var places = ["metrics": Data(metrics.html.utf8)]
            for name in ["enlace.sqlite", "enlace.sqlite-wal", "gateway.log", "init.log"] {
                places[name] = try? Data(contentsOf: stack.file(name))
            }
            #expect(places["enlace.sqlite"].map { $0.count > 4096 } ?? false)
            #expect(places["gateway.log"].map { !$0.isEmpty } ?? false)
            let search = SecretSearch(
                issued.compactMap { PlantedSecret(issued: $0) } + [try PlantedSecret(key: stack.client().key)])
            for (place, bytes) in places { #expect(search.finds(in: bytes) == [], "\(place)") }
        }
    }
}
