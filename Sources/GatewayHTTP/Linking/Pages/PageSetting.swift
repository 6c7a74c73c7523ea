import Gateway

/// In whose name and in which language a page speaks.
struct PageSetting {
    /// The language.
    let locale: PageLocale
    /// The integrator's application; `nil` where it is not known.
    let application: Application?
    /// The path that the row of languages leads to, empty for the page itself; `nil` where there is nothing to repeat.
    let languagePath: String?
    /// What else the row of languages asks for, behind the language.
    let languageMore: String

    /// Takes language and application; the page itself can be had in the other languages unless told otherwise.
    init(_ locale: PageLocale, _ application: Application?, languagePath: String? = "", languageMore: String = "") {
        self.locale = locale
        self.application = application
        self.languagePath = languagePath
        self.languageMore = languageMore
    }

    /// The words.
    var copy: any PageCopy { locale.copy }
    /// The brand that the page stands under.
    var brand: String { application?.brand ?? "Enlace" }

    /// Whom to ask.
    var contact: ContactView { ContactView(application?.supportContact, brand: brand, copy) }

    /// The frame of a page with this title.
    func frame(_ title: String, refresh: String? = nil) -> FrameView {
        FrameView(
            language: copy.languageTag, title: title, name: brand,
            monogram: brand.prefix(1).uppercased(), testMode: application?.mode == .test ? copy.testMode : nil,
            refresh: refresh, languagesLabel: copy.languagesLabel, hasLanguages: languagePath != nil,
            languages: languagePath.map { path in
                PageLocale.allCases.map { other in
                    FrameView.Language(
                        href: "\(path)?lang=\(other.rawValue)\(languageMore)", tag: other.copy.languageTag,
                        label: other.copy.languageName, isCurrent: other == locale)
                }
            } ?? [], footer: copy.footer)
    }
}
