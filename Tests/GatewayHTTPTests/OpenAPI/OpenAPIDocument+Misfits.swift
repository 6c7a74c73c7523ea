extension OpenAPIDocument {
    /// Where a value does not fit a schema; a member that the schema does not know is a misfit too.
    func misfits(_ value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
        let schema = resolved(schema)
        var found: [String] = []
        let types = schema["type"].string.map { [$0] } ?? schema["type"].strings
        if !types.isEmpty, !types.contains(where: { Self.isOfType(value, $0) }) {
            found.append("\(place): not of type \(types.joined(separator: " or "))")
        }
        if schema["const"] != .null, schema["const"] != value { found.append("\(place): not the constant") }
        if !schema["enum"].elements.isEmpty, !schema["enum"].elements.contains(value) {
            found.append("\(place): not in the enumeration")
        }
        if let pattern = schema["pattern"].string, let text = value.string, !Self.matches(text, pattern) {
            found.append("\(place): not of the pattern \(pattern)")
        }
        for (index, element) in value.elements.enumerated() where schema["items"] != .null {
            found += misfits(element, schema["items"], at: "\(place)[\(index)]")
        }
        return found + memberMisfits(value, schema, at: place)
    }

    private func memberMisfits(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
        guard case .object(let members) = value, schema["properties"] != .null else { return [] }
        let missing = schema["required"].strings.filter { members[$0] == nil }.map { "\(place).\($0): missing" }
        return missing
            + members.sorted { $0.key < $1.key }.flatMap { name, member in
                let named = schema["properties"][name]
                let known = named == .null ? schema["additionalProperties"] : named
                return known == .null
                    ? ["\(place).\(name): not documented"] : misfits(member, known, at: "\(place).\(name)")
            }
    }

    private static func isOfType(_ value: JSONValue, _ type: String) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .number(let number): type == "number" || type == "integer" && number == number.rounded()
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let regex = try? Regex(pattern) else { return false }
        return text.contains(regex)
    }
}
