/// What the policy needs of a request's headers, found in one pass.
struct ProxyHead: Sendable {
    /// The one value of `authorization`; `nil` where there is none or more than one.
    private(set) var authorization: String?
    /// The seller that a header names.
    private(set) var seller: String?
    /// The application that a header names.
    private(set) var application: String?
    /// Whether anything is nominated to end here.
    private(set) var hasConnection = false
    /// Why two servers might read the request differently (SEC C4.3, C4.5); the first reason.
    private(set) var flaw: Problem?

    init(_ headers: [(name: String, value: String)]) {
        var authorizations = 0
        for (name, value) in headers {
            // Most headers are told from all of these by their length.
            switch name.utf8.count {
            case 10 where name == "connection": hasConnection = true
            case 13 where name == "authorization":
                authorizations += 1
                authorization = authorizations == 1 ? value : nil
            case 13 where name == "enlace-seller": seller = seller ?? value
            case 18 where name == "enlace-application": application = application ?? value
            case 13 where name == "x-http-method", 17 where name == "x-method-override",
                22 where name == "x-http-method-override":
                flaw = flaw ?? .invalid(name, "Send the method in the request line alone.")
            default:
                if flaw == nil, name.utf8.contains(UInt8(ascii: "_")) {
                    flaw = .invalid(String(name.prefix(64)), "Send no header with an underscore in its name.")
                }
            }
        }
    }

    /// The key's text in `authorization`, in whatever case its scheme is written.
    var bearer: Substring? {
        guard let authorization else { return nil }
        // As nearly everybody writes it.
        if authorization.hasPrefix("Bearer ") { return authorization.dropFirst(7) }
        guard authorization.prefix(7).lowercased() == "bearer " else { return nil }
        return authorization.dropFirst(7)
    }
}
