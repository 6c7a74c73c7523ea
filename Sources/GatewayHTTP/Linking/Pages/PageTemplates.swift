import Mustache

/// The templates of the linking pages, embedded in the program and parsed once.
struct PageTemplates: Sendable {
    /// The templates by the names under which they include each other.
    enum Name: String, CaseIterable {
        case layout = "page_layout"
        case contact = "page_contact"
        case inApp = "page_in_app"
        case invite = "page_invite"
        case onward = "page_onward"
        case linked = "page_linked"
        case status = "page_status"
        case notice = "page_notice"
        case readiness = "page_readiness"

        /// The template's text.
        var source: String {
            let bytes =
                switch self {
                case .layout: PackageResources.page_layout_mustache
                case .contact: PackageResources.page_contact_mustache
                case .inApp: PackageResources.page_in_app_mustache
                case .invite: PackageResources.page_invite_mustache
                case .onward: PackageResources.page_onward_mustache
                case .linked: PackageResources.page_linked_mustache
                case .status: PackageResources.page_status_mustache
                case .notice: PackageResources.page_notice_mustache
                case .readiness: PackageResources.page_readiness_mustache
                }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private let library: MustacheLibrary

    /// Parses what is embedded.
    ///
    /// A template that can't be parsed, or that would let text through as it is, stops the program here, at start.
    init() {
        MustacheContentTypes.register(PageEscaping(), named: PageEscaping.name)
        var library = MustacheLibrary()
        for name in Name.allCases {
            let source = name.source
            precondition(
                !source.contains("{{{") && !source.contains("{{&") && !source.contains("{{="),
                "The template \(name.rawValue) has a tag that doesn't escape.")
            do {
                // Each file begins with the library's own escaping again, so each one is told.
                try library.register("{{% CONTENT_TYPE:\(PageEscaping.name)}}\n" + source, named: name.rawValue)
            } catch {
                preconditionFailure("The template \(name.rawValue) can't be parsed: \(error)")
            }
        }
        self.library = library
    }

    /// The page that a template makes of a view.
    func html(_ name: Name, _ view: some Sendable) -> String {
        guard let html = library.render(view, withTemplate: name.rawValue) else {
            preconditionFailure("The template \(name.rawValue) is not registered.")
        }
        return html
    }
}
