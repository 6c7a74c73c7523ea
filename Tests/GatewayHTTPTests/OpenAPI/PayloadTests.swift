import Gateway
import Testing

@testable import GatewayHTTP

@Suite("The document's request bodies")
struct PayloadTests {
    /// A body's schema and the type that reads it.
    struct Body: Sendable, CustomTestStringConvertible {
        let schema: String
        let fields: Set<String>
        let read: @Sendable (_ body: [UInt8]) throws -> Void

        var testDescription: String { schema }

        init<Payload: RequestPayload & SendableMetatype>(_ schema: String, _ type: Payload.Type) {
            self.schema = schema
            fields = Set(Payload.Fields.allCases.map(\.rawValue))
            read = { _ = try Payload.read($0) }
        }
    }

    static let bodies = [
        Body("NewSeller", NewSellerPayload.self),
        Body("SellerChanges", SellerChangesPayload.self),
        Body("NewLink", NewLinkPayload.self),
        Body("NewStatusLink", NewStatusLinkPayload.self),
        Body("NewConnection", NewConnectionPayload.self),
        Body("ImportedGrant", ImportedGrantPayload.self),
        Body("NewApplication", NewApplicationPayload.self),
        Body("ApplicationChanges", ApplicationChangesPayload.self),
        Body("NewSecret", NewSecretPayload.self),
        Body("NewTestUser", NewTestUserPayload.self),
        Body("NewEndpoint", NewEndpointPayload.self),
        Body("EndpointChanges", EndpointChangesPayload.self),
        Body("RotateSecret", RotateSecretPayload.self),
        Body("ReplayRequest", ReplayPayload.self),
        Body("Recovery", RecoveryPayload.self),
        Body("EventReplay", EventReplayPayload.self),
        Body("NewKey", NewKeyPayload.self),
        Body("LeakedKey", LeakedKeyPayload.self),
        Body("NewPanic", PanicPayload.self),
        Body("PanicEnd", PanicEndPayload.self),
        Body("PanicRelink", RelinkPayload.self),
    ]

    private let document: OpenAPIDocument

    init() throws { document = try OpenAPIDocument.read() }

    @Test("have exactly the fields that are read", arguments: bodies)
    func fields(body: Body) {
        let schema = document.schema(body.schema)
        #expect(Set(schema["properties"].members.keys) == body.fields)
        #expect(schema["additionalProperties"] == .bool(false))
    }

    @Test("require exactly the fields that can't be left out", arguments: bodies)
    func required(body: Body) throws {
        let schema = document.schema(body.schema)
        let required = schema["required"].strings
        for example in schema["examples"].elements {
            for field in required {
                let missing = try example.without(field).text
                let problem = #expect(throws: Problem.self) { try body.read(Array(missing.utf8)) }
                #expect(problem?.code == .invalidRequest)
                #expect(problem?.field == field)
            }
            let least = JSONValue.object(example.members.filter { required.contains($0.key) })
            #expect(throws: Never.self) { try body.read(Array(try least.text.utf8)) }
        }
    }

    @Test("have an example that is read", arguments: bodies)
    func examples(body: Body) throws {
        let examples = document.schema(body.schema)["examples"].elements
        #expect(!examples.isEmpty)
        for example in examples {
            #expect(throws: Never.self) { try body.read(Array(try example.text.utf8)) }
        }
    }

    @Test("are all of these")
    func complete() {
        let documented = Set(document.operations.compactMap(\.bodySchema))
        #expect(documented == Set(Self.bodies.map(\.schema)))
    }
}
