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

/// The link's first page.
struct InviteView {
    let frame: FrameView
    let contact: ContactView
    let heading: String
    let lead: String
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

/// The page of an account that was just linked.
struct LinkedView {
    /// One thing that was linked.
    struct Fact {
        let name: String
        let value: String
        /// What else tells it from others.
        let more: String?
    }

    let frame: FrameView
    let contact: ContactView
    let heading: String
    let lead: String
    let facts: [Fact]
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
    let stepsHeading: String
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
    let primary: ActionView?
    let secondary: ActionView?
    /// The number under which the operator finds the request.
    let reference: String?
}
