import Testing

@testable import enlace

extension WholeProduct {
    /// Checks that are programs of their own, against one stack each.
    @Suite("Others' software")
    struct ClientTests {
        @Test(
            "works with it",
            arguments: [
                ["clients/mercadopago_sdk.py"], ["clients/standardwebhooks_verify.py"],
                ["clients/mercadopago_webhook.py"], ["clients/document.py"], ["browser/link_shop.py"],
                ["browser/link_shop.py", "--no-scripts"], ["browser/deny_and_undo.py"], ["browser/read_qr.py"],
            ])
        func works(script: [String]) async throws {
            try await withAPI { stack, api in
                let check = try await BrowserCheck(stack, api).run(script)
                #expect(check.status == 0, "\(script.joined(separator: " ")): \(check.said)")
            }
        }
    }
}
