/// How one kind of resource is shown to a person: many as a table, one as a block of names and values.
struct View: Sendable {
    /// A member and the title above or before it.
    struct Column: ExpressibleByStringLiteral, Sendable {
        /// The member's name in the API.
        let key: String
        /// What people read, in lower case.
        let title: String

        /// Gives a member another title than its name.
        init(_ key: String, _ title: String) {
            self.key = key
            self.title = title
        }

        /// Titles a member by its name.
        init(stringLiteral key: String) {
            self.init(key, key.replacing("_", with: " "))
        }
    }

    /// What a table shows; a block begins with it.
    let columns: [Column]
    /// The member that the API shows only once; it ends a block.
    let secret: Column?
    /// Members that are lists of resources, as tables below a block.
    let lists: [String: [Column]]
    /// The member that is a JSON document in a string, indented below a block.
    let document: String?

    /// Members that are lists of sentences, one a line below a block.
    let sentences: [Column]
    /// Members that are for programs only, or that the command shows in its own way.
    let hidden: Set<String>

    /// Says what is shown.
    init(
        _ columns: [Column], secret: Column? = nil, lists: [String: [Column]] = [:], document: String? = nil,
        sentences: [Column] = [], hidden: Set<String> = []
    ) {
        self.columns = columns
        self.secret = secret
        self.lists = lists
        self.document = document
        self.sentences = sentences
        self.hidden = hidden
    }

    /// A page as a table, a resource as a block.
    func text(of answer: JSONValue) -> String {
        guard let rows = answer["data"]?.array else { return block(answer) }
        return rows.isEmpty ? "Nothing found." : Self.table(columns, rows)
    }

    /// What a person has to know beside the answer: that a secret is shown once, how to see the next page.
    func note(on answer: JSONValue) -> String? {
        if let secret, answer[secret.key]?.string != nil {
            return "The \(secret.title) is shown this once: keep it now."
        }
        return answer["next"]?.string.map { "There may be more: add --after \($0)" }
    }

    private func block(_ resource: JSONValue) -> String {
        let elsewhere = Set(
            columns.map(\.key) + lists.keys + [document, secret?.key].compactMap { $0 }
                + sentences.map(\.key) + hidden)
        let others = (resource.members ?? [:]).keys.filter { !elsewhere.contains($0) }.sorted()
        var shown = columns + others.map { Column(stringLiteral: $0) }
        if let secret, resource[secret.key] != nil { shown.append(secret) }
        var parts = [Table(shown.map { [$0.title, Self.cell($0, of: resource)] }).text]
        for (key, columns) in lists.sorted(by: { $0.key < $1.key }) {
            guard let rows = resource[key]?.array, !rows.isEmpty else { continue }
            parts.append("\(key):\n" + Self.table(columns, rows))
        }
        for list in sentences {
            guard let lines = resource[list.key]?.array, !lines.isEmpty else { continue }
            parts.append("\(list.title):\n" + lines.map { "- " + $0.cell }.joined(separator: "\n"))
        }
        if let document, let text = resource[document]?.string {
            let json = JSONValue(parsing: text.utf8)?.text(isPretty: true) ?? text
            let lines = json.split(separator: "\n", omittingEmptySubsequences: false)
            parts.append("\(document):\n" + lines.map { String($0).visible }.joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }

    private static func table(_ columns: [Column], _ rows: [JSONValue]) -> String {
        Table([columns.map { $0.title.uppercased() }] + rows.map { row in columns.map { cell($0, of: row) } }).text
    }

    private static func cell(_ column: Column, of resource: JSONValue) -> String {
        (resource[column.key] ?? .null).cell
    }
}
