import Hummingbird
import Testing

@testable import GatewayHTTP

@Suite("The document's paths")
struct RouteTests {
    private let document: OpenAPIDocument

    init() throws { document = try OpenAPIDocument.read() }

    @Test("are the routes of the public listener, in both directions")
    func publicRoutes() async throws {
        try await withGateway { gateway, _ in
            let routes = Self.names(gateway.router.publicRouter().routes)
            let documented = Set(document.operations.filter { !$0.isInternal }.map(\.description))
            #expect(routes.subtracting(documented).sorted() == [], "not documented")
            #expect(documented.subtracting(routes).sorted() == [], "documented, but no route")
        }
    }

    @Test("with those of the internal listener are all routes there")
    func internalRoutes() async throws {
        try await withGateway { gateway, _ in
            let routes = Self.names(gateway.router.internalRouter().routes)
            let documented = Set(document.operations.filter(\.isInternal).map(\.description))
            #expect(routes.subtracting(["GET /healthz"]) == documented)
            #expect(routes.contains("GET /healthz"))
        }
    }

    @Test("have operations with an id of their own, a summary and a tag")
    func descriptions() {
        let operations = document.operations
        #expect(Set(operations.compactMap { $0.content["operationId"].string }).count == operations.count)
        let tags = Set(document.root["tags"].elements.compactMap { $0["name"].string })
        for operation in operations {
            #expect(operation.content["summary"].string?.hasSuffix(".") == true, "\(operation)")
            #expect(tags.isSuperset(of: operation.content["tags"].strings), "\(operation)")
            #expect(operation.content["tags"].strings.count == 1, "\(operation)")
        }
    }

    @Test("declare each parameter that stands in them")
    func parameters() {
        for (path, item) in document.root["paths"].members {
            let wanted = Set(path.matches(of: #/\{([^}]+)\}/#).map { String($0.1) })
            let declared = item["parameters"].elements.map { document.resolved($0) }
                .filter { $0["in"].string == "path" }.compactMap { $0["name"].string }
            #expect(Set(declared) == wanted, "\(path)")
        }
    }

    @Test("take an Idempotency-Key on each POST of the API, and nowhere else")
    func idempotencyKeys() {
        let reference = JSONValue.string("#/components/parameters/IdempotencyKey")
        for operation in document.operations {
            let has = operation.content["parameters"].elements.contains { $0["$ref"] == reference }
            let wants =
                operation.method == "POST" && operation.path.hasPrefix("/v1/") && operation.scopes != nil
                && !operation.path.contains("/proxy/")
            #expect(has == wants, "\(operation)")
        }
    }

    // `**` takes the rest of the path, slashes included; the document has one parameter for it.
    private static func names(_ routes: [Router<GatewayRequestContext>.RouteDescription]) -> Set<String> {
        Set(routes.map { "\($0.method.rawValue) \($0.path.description.replacing("**", with: "{path}"))" })
    }
}
