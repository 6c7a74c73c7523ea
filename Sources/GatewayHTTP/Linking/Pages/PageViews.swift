/// What the frame around every page shows; the templates read these properties by name.
struct FrameView {
    /// One language that the page can be read in.
    struct Language {
        let href: String
        let tag: String
        let label: String
        let isCurrent: Bool
    }

    /// The page's language.
    let language: String
    /// What the browser's tab says, before the name.
    let title: String
    /// The integrator's brand, or the product's name.
    let name: String
    /// The name's first letter.
    let monogram: String
    /// Said where no real money moves.
    let testMode: String?
    /// What `http-equiv="refresh"` says.
    let refresh: String?
    /// What the row of languages is.
    let languagesLabel: String
    /// Whether the page can be had in another language.
    let hasLanguages: Bool
    /// The languages.
    let languages: [Language]
    /// Stands before the product's name at the foot.
    let footer: String
}

/// Whom a shop owner can ask.
struct ContactView {
    /// The sentence that leads to it.
    let ask: String
    /// The contact as the integrator wrote it.
    let whom: String?
    /// Where a tap on it leads.
    let address: String?
}

/// A button that leads to another page.
struct ActionView {
    let href: String
    let label: String
}

/// A button that sends a form.
struct FormView {
    let action: String
    let label: String
}

/// Something to know before going on.
struct NoteView {
    let heading: String
    let text: String
    /// Whether it is about something that goes wrong otherwise.
    let isWarning: Bool
}

/// The page inside a chat or social program.
struct InAppView {
    let frame: FrameView
    let contact: ContactView
    let heading: String
    let text: String
    let steps: [String]
    /// What the link is, for those who hear it.
    let label: String
    /// The link, to be copied.
    let url: String
    /// Where those go who stay.
    let onward: ActionView
}

/// The link's first page.
struct InviteView {
    let frame: FrameView
    let contact: ContactView
    let heading: String
    let lead: String
    let notes: [NoteView]
    let canHeading: String
    let can: [String]
    let cannotHeading: String
    let cannot: [String]
    let ownerHeading: String
    let ownerText: String
    /// Where the form goes.
    let action: String
    let button: String
    let expires: String
}

/// The page that goes on to the provider.
struct OnwardView {
    let frame: FrameView
    let contact: ContactView
    let heading: String
    let text: String
    /// The authorization page.
    let destination: String
    let button: String
    let hint: String
}

/// One thing of a list of facts.
struct FactView {
    let name: String
    let value: String
    /// What else tells it from others.
    let more: String?
}

/// The page of an account that was just linked.
struct LinkedView {
    let frame: FrameView
    let contact: ContactView
    /// Whether the integrator has to confirm it.
    let isWaiting: Bool
    let heading: String
    let lead: String
    let facts: [FactView]
    let question: String
    let undoText: String
    /// Where the form that takes it back goes.
    let undoAction: String
    let undoButton: String
    let progress: String
    /// Back to the integrator.
    let back: ActionView?
    /// What is left to do, as far as it is known; without it the steps in general are shown.
    let readiness: ReadinessView?
    /// `nil` where there is nothing to do yet.
    let stepsHeading: String?
    let steps: [String]
    let unlink: String
}

/// A page that says one thing.
struct NoticeView {
    let frame: FrameView
    let contact: ContactView
    /// Exactly one of the three is true.
    let isGood: Bool
    let isWaiting: Bool
    let isStopped: Bool
    let heading: String
    let paragraphs: [String]
    let hasFacts: Bool
    let facts: [FactView]
    let primary: ActionView?
    let secondary: ActionView?
    /// Asks for something by a form.
    let form: FormView?
    /// The number under which the operator finds the request.
    let reference: String?
}
