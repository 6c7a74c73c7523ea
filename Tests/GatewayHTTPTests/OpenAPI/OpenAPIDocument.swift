import Foundation
import Yams

/// `openapi/enlace.yaml`, as the tests read it.
struct OpenAPIDocument: Sendable {
    /// One method of one path.
    struct Operation: Sendable, CustomStringConvertible {
        let method: String
        let path: String
        let content: JSONValue
        /// Whether it stands on the internal listener.
        let isInternal: Bool

        var description: String { "\(method) \(path)" }
        /// The scopes behind the security scheme; `nil` where no key is needed.
        var scopes: [String]? { content["security"].elements.first.map { $0["bearer"].strings } }
        /// The name of the request body's schema.
        var bodySchema: String? {
            content["requestBody"]["content"]["application/json"]["schema"]["$ref"].string
                .flatMap { $0.split(separator: "/").last.map(String.init) }
        }
    }

    private static let methods = ["get", "head", "post", "put", "patch", "delete", "options", "trace"]

    let root: JSONValue

    /// Reads the file in this checkout.
    static func read() throws -> OpenAPIDocument {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../openapi/enlace.yaml")
        let tree = try Yams.load(yaml: String(contentsOf: file, encoding: .utf8))
        return OpenAPIDocument(root: JSONValue(tree ?? [:]))
    }

    /// All operations, by path and method.
    var operations: [Operation] {
        root["paths"].members.sorted { $0.key < $1.key }.flatMap { path, item in
            Self.methods.filter { item[$0] != .null }.map { method in
                Operation(
                    method: method.uppercased(), path: path, content: item[method],
                    isInternal: item["x-enlace-listener"].string == "internal")
            }
        }
    }

    /// The operations that need a key.
    var guarded: [Operation] { operations.filter { $0.scopes != nil } }

    func schema(_ name: String) -> JSONValue { root["components"]["schemas"][name] }

    /// What `$ref` leads to; the value itself where there is none.
    func resolved(_ value: JSONValue) -> JSONValue {
        guard let reference = value["$ref"].string else { return value }
        return reference.split(separator: "/").dropFirst().reduce(root) { $0[String($1)] }
    }

    /// What an operation documents for a status, `default` included.
    func response(_ status: Int, of operation: Operation) -> JSONValue {
        let all = operation.content["responses"]
        let exact = all[String(status)]
        let family = exact == .null ? all["\(status / 100)XX"] : exact
        return resolved(family == .null ? all["default"] : family)
    }
}
