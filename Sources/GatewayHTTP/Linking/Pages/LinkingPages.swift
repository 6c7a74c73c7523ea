import Gateway
import HTTPTypes

/// A page as it goes out.
struct LinkingPage {
    /// The status that it goes out with.
    var status: HTTPResponse.Status
    /// The whole document.
    let html: String
    /// The `Set-Cookie` field that goes with it.
    var cookie: String?
}

/// Makes the pages of the linking flow; every decision is a parameter, so that each page can be looked at by itself.
struct LinkingPages: Sendable {
    private let templates = PageTemplates()

    /// The first page of an open link; its one button starts the linking in the page's language.
    ///
    /// `isWaiting` says that this browser started an attempt that has not come back: the provider leads a collaborator
    /// nowhere (REF §1.1).
    func invite(
        _ page: LinkPage, token: LinkToken, isWaiting: Bool = false, _ setting: PageSetting
    ) -> LinkingPage {
        let copy = setting.copy
        let title = page.relink == nil ? copy.inviteTitle(setting.brand) : copy.relinkTitle(setting.brand)
        let lead =
            page.relink.map { copy.relinkReason($0.reason) }
            ?? copy.inviteLead(setting.brand, shop: page.seller.name)
        let moment = copy.moment(LocalMoment(page.link.expiresAt, in: page.application.site))
        return made(
            .ok, .invite,
            InviteView(
                frame: setting.frame(title), contact: setting.contact, heading: title,
                lead: lead, notes: notes(page, isWaiting: isWaiting, setting),
                canHeading: copy.canHeading(setting.brand), can: copy.can, cannotHeading: copy.cannotHeading,
                cannot: copy.cannot, ownerHeading: copy.ownerHeading, ownerText: copy.ownerText,
                action: "\(token.path)?lang=\(setting.locale.rawValue)", button: copy.inviteButton,
                expires: copy.inviteExpires(moment)))
    }

    private func notes(_ page: LinkPage, isWaiting: Bool, _ setting: PageSetting) -> [NoteView] {
        let copy = setting.copy
        var notes: [NoteView] = []
        if isWaiting {
            notes.append(
                NoteView(heading: copy.stillWaitingHeading, text: copy.stillWaitingText, isWarning: true))
        }
        if let relink = page.relink {
            let left = copy.relinkLeft(relink.left, setting.brand)
            notes.append(
                NoteView(
                    heading: left ?? copy.relinkAccountHeading, text: copy.relinkAccount(shop: page.seller.name),
                    isWarning: left != nil))
        }
        return notes
    }

    /// The page that asks to go on in a browser, inside a program whose window is no place to log in.
    func inApp(url: String, token: LinkToken, _ setting: PageSetting) -> LinkingPage {
        let copy = setting.copy
        return made(
            .ok, .inApp,
            InAppView(
                frame: setting.frame(copy.inAppTitle), contact: setting.contact, heading: copy.inAppTitle,
                text: copy.inAppText, steps: copy.inAppSteps, label: copy.inAppLabel, url: url,
                onward: ActionView(
                    href: "\(token.path)?lang=\(setting.locale.rawValue)&\(LinkVisit.staying)", label: copy.inAppStay)))
    }

    /// The page between the form and the provider.
    ///
    /// It is a page and not a redirect because browsers apply `form-action` to every redirect after a form's POST, and
    /// the authorization host redirects on (DESIGN §4).
    func onward(to destination: Secret<String>, _ setting: PageSetting) -> LinkingPage {
        let copy = setting.copy
        let url = destination.reveal { $0 }
        return made(
            .ok, .onward,
            OnwardView(
                frame: setting.frame(copy.onwardTitle, refresh: "0;url=\(url)"), contact: setting.contact,
                heading: copy.onwardTitle, text: copy.onwardText(setting.brand), destination: url,
                button: copy.onwardButton, hint: copy.onwardHint))
    }

    /// The page of a link that can't be used any more; `result` is the path of what this browser's own attempt came to.
    ///
    /// Whoever did not link by it can ask for a new one, and is told once that was done.
    func closed(_ page: LinkPage, token: LinkToken, result: String?, _ setting: PageSetting) -> LinkingPage {
        let copy = setting.copy
        var text =
            switch page.state {
            case .expired: copy.linkExpired(setting.brand)
            case .revoked: copy.linkRevoked(setting.brand)
            // A link that was open when it was read and no longer when it was begun was used meanwhile.
            case .used, .open: copy.linkUsed(setting.brand)
            }
        let isAsked = page.link.askedAt != nil
        if isAsked { text.paragraphs = [text.paragraphs[0], copy.askedForLink(setting.brand)] }
        let canAsk = result == nil && !isAsked && page.state != .open
        return notice(
            .gone, .stopped, text, primary: result.map { ActionView(href: $0, label: copy.seeResult) },
            form: canAsk
                ? FormView(action: "\(token.askPath)?lang=\(setting.locale.rawValue)", label: copy.askForLink) : nil,
            setting)
    }

    /// The page of a link to a shop that the operator has disabled; the link itself stays as it is.
    func sellerDisabled(_ seller: Seller, _ setting: PageSetting) -> LinkingPage {
        notice(.forbidden, .stopped, setting.copy.sellerDisabled(setting.brand, shop: seller.name), setting)
    }

    /// The page of a link that does not exist.
    func unknown(_ setting: PageSetting) -> LinkingPage {
        notice(.notFound, .stopped, setting.copy.linkUnknown, setting)
    }

    /// The page of a callback that was refused; it shows nothing of what the callback carried.
    func refused(_ refusal: FinishResult.Refusal, link: String?, _ setting: PageSetting) -> LinkingPage {
        let copy = setting.copy
        let (status, text): (HTTPResponse.Status, NoticeText) =
            switch refusal {
            case .otherBrowser: (.forbidden, copy.otherBrowser)
            case .otherApplication: (.forbidden, copy.staleAuthorization)
            case .stateUnknown, .missingCode: (.badRequest, copy.staleAuthorization)
            }
        return notice(status, .stopped, text, primary: opening(link, copy), setting)
    }

    /// The page of a form that another site sent, or that is too long to be ours.
    func foreignForm(_ status: HTTPResponse.Status, link: String?, _ setting: PageSetting) -> LinkingPage {
        notice(status, .stopped, setting.copy.foreignForm, primary: opening(link, setting.copy), setting)
    }

    /// The page of a browser that has linked nothing by this link lately.
    func nothingHere(link: String?, _ setting: PageSetting) -> LinkingPage {
        notice(.notFound, .stopped, setting.copy.nothingHere, primary: opening(link, setting.copy), setting)
    }

    /// The page of whatever can't be done just now: 503, or 500 where an operator has to look.
    ///
    /// `retry` is the path to try again at, `request` the number under which the operator finds it.
    func trouble(
        _ status: HTTPResponse.Status, retry: String?, request: String, _ setting: PageSetting
    ) -> LinkingPage {
        notice(
            status, .waiting, setting.copy.temporaryTrouble,
            primary: retry.map { ActionView(href: $0, label: setting.copy.tryAgain) },
            reference: setting.copy.reference(request), setting)
    }

    private func opening(_ link: String?, _ copy: any PageCopy) -> ActionView? {
        link.map { ActionView(href: $0, label: copy.openLink) }
    }
}

extension LinkingPages {
    /// How a notice looks.
    enum Tone {
        case good, waiting, stopped
    }

    /// A page that says one thing and offers at most two ways on.
    func notice(
        _ status: HTTPResponse.Status, _ tone: Tone, _ text: NoticeText, facts: [FactView] = [],
        primary: ActionView? = nil, secondary: ActionView? = nil, form: FormView? = nil, reference: String? = nil,
        refresh: String? = nil, _ setting: PageSetting
    ) -> LinkingPage {
        made(
            status, .notice,
            NoticeView(
                frame: setting.frame(text.title, refresh: refresh), contact: setting.contact,
                isGood: tone == .good, isWaiting: tone == .waiting, isStopped: tone == .stopped,
                heading: text.title, paragraphs: text.paragraphs, hasFacts: !facts.isEmpty, facts: facts,
                primary: primary, secondary: secondary, form: form, reference: reference))
    }

    /// The document that a template makes of a view.
    func made(_ status: HTTPResponse.Status, _ template: PageTemplates.Name, _ view: some Sendable) -> LinkingPage {
        LinkingPage(status: status, html: templates.html(template, view))
    }
}
