/// A problem as it goes over the wire, for lanes that write bytes.
public struct RenderedProblem: Sendable {
    /// The HTTP status code.
    public let status: Int
    /// Its headers, without its length.
    public let headers: [(name: String, value: String)]
    /// `application/problem+json`.
    public let body: [UInt8]

    /// Takes the parts.
    public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
