import Gateway

/// Brings one grant after the other to the gateway.
struct GrantImporter: Sendable {
    /// What came of one line.
    struct Result: Sendable {
        /// The line's number, from 1.
        let line: Int
        /// `imported`, `already_there` or `failed`.
        let outcome: String
        /// Whose grant it is, where that was found out.
        var seller: String?
        /// The connection, where there is one.
        var connection: String?
        /// Why it failed; never quotes the line.
        var problem: APIError?

        /// The result as a document.
        var json: JSONValue {
            .members([
                "line": .int(line), "outcome": .string(outcome), "seller": .of(seller), "connection": .of(connection),
                "code": .of(problem?.code), "detail": .of(problem?.detail), "field": .of(problem?.field),
            ])
        }
    }

    /// Which gateway is asked.
    let api: APIClient
    /// The application of lines that name none.
    let application: ApplicationID?

    /// Imports one line.
    ///
    /// - Throws: what makes every other line fail too: ``UnreachableGateway``, or an ``APIError`` about the key.
    func take(_ line: String, number: Int) async throws -> Result {
        var seller: String?
        do {
            guard var members = JSONValue(parsing: line.utf8)?.members else {
                throw Self.refusal("The line is no JSON object.")
            }
            let id = try await self.seller(taking: &members)
            seller = id
            // Where a token endpoint's answer was kept, it is a number.
            if let user = members["user_id"]?.int { members["user_id"] = .string(String(user)) }
            if members["application"] == nil { members["application"] = .of(application) }
            let answer = try await api.post("/v1/sellers/\(id)/connections/import", body: .object(members))
            guard let outcome = answer["outcome"]?.string else { throw APIError(status: 200, nil, from: api.url) }
            return Result(
                line: number, outcome: outcome, seller: id, connection: answer["connection"]?["id"]?.string)
        } catch let error as APIError {
            guard error.status != 401, error.code != "missing_scope" else { throw error }
            return Result(line: number, outcome: "failed", seller: seller, problem: error)
        }
    }

    // Takes the members that name the seller out of the line: what is left is the grant.
    private func seller(taking members: inout [String: JSONValue]) async throws -> String {
        let id = members.removeValue(forKey: "seller")
        let ref = members.removeValue(forKey: "external_ref")
        let name = members.removeValue(forKey: "name")
        switch (id?.string.flatMap { SellerID($0) }, ref?.string.flatMap { ExternalRef($0) }) {
        case (let id?, nil) where ref == nil: return id.description
        case (nil, let ref?) where id == nil: return try await seller(ref, name: name ?? .string(ref.description))
        default:
            throw Self.refusal("Name the shop by seller (sel_…) or by external_ref, 1 to 64 of A-Z a-z 0-9 . _ ~ : @ -")
        }
    }

    private func seller(_ ref: ExternalRef, name: JSONValue) async throws -> String {
        do {
            return try await found(ref)
        } catch let error as APIError where error.code == "seller_not_found" {
            do {
                let made = try await api.post(
                    "/v1/sellers", body: ["name": name, "external_ref": .string(ref.description)])
                guard let id = made["id"]?.string else { throw APIError(status: 201, nil, from: api.url) }
                return id
            } catch let error as APIError where error.code == "external_ref_taken" {
                // An import that runs beside this one was quicker.
                return try await found(ref)
            }
        }
    }

    private func found(_ ref: ExternalRef) async throws -> String {
        guard let id = try await api.id(of: .external(ref)) else { throw APIError(status: 200, nil, from: api.url) }
        return id.description
    }

    private static func refusal(_ detail: String) -> APIError {
        APIError(status: 400, ["code": "invalid_line", "detail": .string(detail)], from: "")
    }
}
