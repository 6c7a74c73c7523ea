import Foundation
import Gateway
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import GatewayHTTP

@Suite("A path that is asked by another method")
struct MethodTests {
    private static let methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]

    @Test("answers 405 and names its own methods, on every path of the document")
    func allowed() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let operations = document.operations.filter { !$0.isInternal }
            for (path, own) in Dictionary(grouping: operations, by: \.path) {
                let taken = Set(own.map(\.method))
                let uri = path.replacing(#/\{\w+\}/#, with: "a")
                for method in Self.methods where !taken.contains(method) {
                    let answer = try await client.call(HTTPRequest.Method(method)!, uri)
                    #expect(answer.status == 405, "\(method) \(path)")
                    #expect(answer.headers[.allow] == taken.sorted().joined(separator: ", "), "\(method) \(path)")
                    guard method != "HEAD" else {
                        #expect(answer.body == .null)
                        continue
                    }
                    #expect(answer.body["code"].string == "method_not_allowed", "\(method) \(path)")
                }
            }
        }
    }

    @Test("that there is not answers 404, whatever the method")
    func unknown() async throws {
        try await withGateway { gateway, client in
            for path in ["/", "/v1", "/v1/unknown", "/v1/sellers/a/unknown", "/healthz/a", "/link", "/metrics"] {
                for method in Self.methods {
                    let answer = try await client.call(HTTPRequest.Method(method)!, path)
                    #expect(answer.status == 404, "\(method) \(path)")
                    #expect(answer.headers[.allow] == nil, "\(method) \(path)")
                }
            }
        }
    }
}
