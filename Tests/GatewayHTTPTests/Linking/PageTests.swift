import Gateway
import Testing

@testable import GatewayHTTP

@Suite("The linking pages")
struct PageTests {
    @Test("are whole documents in their language, with nothing from elsewhere", arguments: PageLocale.allCases)
    func whole(locale: PageLocale) {
        for (name, page) in SamplePages().all(locale) {
            let html = page.html
            #expect(html.hasPrefix("<!doctype html>\n<html lang=\"\(locale.copy.languageTag)\">"), "\(name)")
            #expect(html.hasSuffix("</html>\n"), "\(name)")
            #expect(html.contains("<h1>") && html.contains("name=\"viewport\""), "\(name)")
            #expect(html.contains("<link rel=\"stylesheet\" href=\"/link-assets/style.css\">"), "\(name)")
            for forbidden in ["{{", "}}", "<script", "style=", "Optional(", ">nil<", "\"\"", "\"></p>", "<dd></dd>"] {
                #expect(!html.contains(forbidden), "\(name) has \(forbidden)")
            }
        }
    }

    @Test("say everything in each of the three languages, and each says it differently")
    func languages() {
        let samples = PageLocale.allCases.map { SamplePages().all($0) }
        for (index, (name, page)) in samples[0].enumerated() {
            let titles = samples.map { Self.title($0[index].page.html) }
            #expect(Set(titles).count == 3, "\(name): \(titles)")
            #expect(samples.allSatisfy { $0[index].page.status == page.status }, "\(name)")
        }
        for locale in PageLocale.allCases {
            #expect(locale.copy.can.count == SpanishCopy().can.count)
            #expect(locale.copy.cannot.count == SpanishCopy().cannot.count)
            #expect(locale.copy.steps("X").count == SpanishCopy().steps("X").count)
        }
    }

    @Test("escape what people and the provider wrote, whatever marks stand beside it", arguments: PageLocale.allCases)
    func hostile(locale: PageLocale) {
        // U+0D4E makes one Character with what follows it, U+0301 with what precedes it.
        let attack = "\u{0D4E}<script>alert(1)</script>\"\u{0301} onclick=\"x\" '&"
        let escaped =
            "\u{0D4E}&lt;script&gt;alert(1)&lt;/script&gt;&quot;\u{0301} onclick=&quot;x&quot; &#39;&amp;"
        let sample = SamplePages(shop: attack, brand: attack, contact: attack, nickname: attack)
        var showing = 0
        for (name, page) in sample.all(locale) {
            let html = Array(page.html.utf8)
            // Decided first: a failed expectation would print the whole page byte by byte.
            let (hasTag, hasAttribute) = (Self.contains(html, "<script"), Self.contains(html, " onclick=\""))
            #expect(!hasTag && !hasAttribute, "\(name)")
            if Self.contains(html, escaped) { showing += 1 }
        }
        #expect(showing > 10)
    }

    @Test("have templates in which every tag names something that a view has")
    func tags() throws {
        let known = Set(PageTemplates.Name.allCases.map(\.rawValue)).union(["content", "."])
        let properties = Self.properties()
        for template in PageTemplates.Name.allCases {
            for match in template.source.matches(of: #/\{\{[#^\/>$<]?\s*([A-Za-z_.]+)\s*\}\}/#) {
                let name = String(match.1)
                let parts = name.split(separator: ".").map { String($0) }
                let isKnown = known.contains(name) || parts.allSatisfy { properties.contains($0) }
                #expect(isKnown, "\(template.rawValue): \(name)")
            }
            let tags = template.source.matches(of: #/\{\{/#).count
            #expect(template.source.matches(of: #/\{\{[#^\/>$<]?\s*[A-Za-z_.]+\s*\}\}/#).count == tags)
        }
    }

    @Test("say what is linked to what, and offer to undo it")
    func linked() {
        let html = SamplePages().result(.linked, .es).html
        for text in ["PANADERIASOL", "s***@example.com", "Argentina", "Panadería Sol", "¿Son tu cuenta y tu tienda?"] {
            #expect(html.contains(text))
        }
        let token = SamplePages().token
        #expect(html.contains("<form method=\"post\" action=\"/link/\(token.text)/undo?lang=es\">"))
        #expect(html.contains(SpanishCopy().progressConfiguring))
    }

    @Test("lead back with the link's id and the status, and nothing else")
    func returning() throws {
        let html = SamplePages().result(.linked, .en).html
        let match = try #require(html.firstMatch(of: #/href="(https:\/\/cajafeliz[^"]*)"/#))
        #expect(match.1.hasPrefix("https://cajafeliz.example/back?link_id=lnk_"))
        #expect(match.1.hasSuffix("&amp;status=linked"))
        let link = OnboardingLinkID("lnk_01JZ8Q4T6M0000000000000002")!
        #expect(
            LinkingPages.returning(to: "https://a.example/?x=1", link, "denied")
                == "https://a.example/?x=1&link_id=\(link)&status=denied")
        #expect(!SamplePages(returnURL: nil).result(.linked, .en).html.contains("cajafeliz.example/back"))
    }

    private static func title(_ html: String) -> String {
        html.firstMatch(of: #/<title>(.*)<\/title>/#).map { String($0.1) } ?? ""
    }

    // Byte by byte, because a browser doesn't read by Character.
    private static func contains(_ text: [UInt8], _ part: String) -> Bool {
        text.indices.contains { text[$0...].starts(with: part.utf8) }
    }

    private static func properties() -> Set<String> {
        let setting = PageSetting(.es, nil)
        let frame = setting.frame("x")
        let notice = NoticeView(
            frame: frame, contact: setting.contact, isGood: true, isWaiting: false, isStopped: false, heading: "",
            paragraphs: [], hasFacts: false, facts: [], primary: nil, secondary: nil, form: nil, reference: nil)
        let inApp = InAppView(
            frame: frame, contact: setting.contact, heading: "", text: "", steps: [], label: "", url: "",
            onward: ActionView(href: "", label: ""))
        let invite = InviteView(
            frame: frame, contact: setting.contact, heading: "", lead: "", notes: [], canHeading: "", can: [],
            cannotHeading: "", cannot: [], ownerHeading: "", ownerText: "", action: "", button: "", expires: "")
        let onward = OnwardView(
            frame: frame, contact: setting.contact, heading: "", text: "", destination: "", button: "", hint: "")
        let linked = LinkedView(
            frame: frame, contact: setting.contact, isWaiting: false, heading: "", lead: "", facts: [], question: "",
            undoText: "", undoAction: "", undoButton: "", progress: "", back: nil, readiness: nil, stepsHeading: "",
            steps: [], unlink: "")
        let entry = StatusView.Entry(facts: [], offer: "", text: "", form: FormView(action: "", label: ""))
        let status = StatusView(
            frame: frame, contact: setting.contact, heading: "", lead: "", ended: nil, entries: [entry], nothing: nil,
            expires: "")
        let list = SamplePages().checklist(SamplePages().evidence([]), .es)
        let views: [Any] = [
            status, entry,
            list, list.items[0], ReadinessView.Apps(appsLabel: "", ios: "", android: ""),
            ReadinessView.Button(action: "", label: ""),
            frame, frame.languages[0], setting.contact, notice, inApp, invite, onward, linked,
            ActionView(href: "", label: ""), FormView(action: "", label: ""), FactView(name: "", value: "", more: nil),
            NoteView(heading: "", text: "", isWarning: true),
        ]
        return Set(views.flatMap { Mirror(reflecting: $0).children.compactMap(\.label) })
    }
}
