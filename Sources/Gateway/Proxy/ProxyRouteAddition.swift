/// A route that the configuration adds to the allow-list for one application: `<application> METHOD /pattern`.
public struct ProxyRouteAddition: Hashable, Sendable {
    /// Why a route can't be added.
    public enum Flaw: Error, Hashable, Sendable, CustomStringConvertible, CaseIterable {
        case form, application, method, path, placeholder, owned

        /// What is expected instead.
        public var description: String {
            switch self {
            case .form: "entries of the form `<application id or client id> METHOD /pattern`"
            case .application: "each entry to begin with an application's id (`app_…`) or its client id (digits)"
            case .method: "each entry's method to be GET, POST, PUT, PATCH or DELETE"
            case .path: "each entry's pattern to begin with a slash and to be plain: letters, digits and ._~:@-"
            case .placeholder:
                "no other placeholders than {number}, {uuid}, {name} and {own_user}, each a whole segment"
            case .owned: "no pattern that lets a path through which the gateway owns, such as its token endpoint's"
            }
        }
    }

    static let methods: Set<String> = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    /// The application's id, or its number at the provider.
    public let application: String
    /// What is let through for it; never repeated, for nobody says that it may be.
    public let route: ProxyRoute

    /// Reads an entry.
    ///
    /// - Throws: ``Flaw``, except ``Flaw/owned``.
    public init(_ text: String) throws(Flaw) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3 else { throw .form }
        let isClientID = !words[0].isEmpty && words[0].utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isClientID || ApplicationID(words[0]) != nil else { throw .application }
        guard Self.methods.contains(words[1]) else { throw .method }
        for part in words[2].split(separator: "/") where part.contains(where: { "{}".contains($0) }) {
            guard ProxyRoute.Segment.placeholders[String(part)] != nil else { throw .placeholder }
        }
        // What is sent must be spelled as calls have to be, whatever stands in for the placeholders.
        let sample = ProxyRoute.Segment.placeholders.keys.reduce(words[2]) { $0.replacing($1, with: "1") }
        guard let target = try? ProxyTarget(sample), target.query == nil else { throw .path }
        application = words[0]
        route = ProxyRoute(words[1], words[2])
    }
}

extension ProxyRouteTable {
    /// The same list with further routes of single applications.
    ///
    /// - Throws: ``ProxyRouteAddition/Flaw/owned`` for a pattern that a path of the gateway's own fits.
    public func adding(_ additions: [ProxyRouteAddition]) throws(ProxyRouteAddition.Flaw) -> ProxyRouteTable {
        let owned = ownedPaths.keys.compactMap { try? ProxyTarget($0) }
        for addition in additions where owned.contains(where: { addition.route.accepts($0, ownUser: nil) }) {
            throw .owned
        }
        return ProxyRouteTable(
            routes: routes, ownedPaths: ownedPaths,
            additions: Dictionary(grouping: additions, by: \.application).mapValues { $0.map(\.route) })
    }
}
