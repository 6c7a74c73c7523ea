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
    func invite(_ page: LinkPage, token: LinkToken, _ setting: PageSetting) -> LinkingPage {
        let copy = setting.copy
        let title = copy.inviteTitle(setting.brand)
        let moment = copy.moment(LocalMoment(page.link.expiresAt, in: page.application.site))
        return made(
            .ok, .invite,
            InviteView(
                frame: setting.frame(title), contact: setting.contact, heading: title,
                lead: copy.inviteLead(setting.brand, shop: page.seller.name),
                canHeading: copy.canHeading(setting.brand), can: copy.can, cannotHeading: copy.cannotHeading,
                cannot: copy.cannot, ownerHeading: copy.ownerHeading, ownerText: copy.ownerText,
                action: "\(token.path)?lang=\(setting.locale.rawValue)", button: copy.inviteButton,
                expires: copy.inviteExpires(moment)))
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
    func closed(_ state: OnboardingLink.State, result: String?, _ setting: PageSetting) -> LinkingPage {
        let copy = setting.copy
        let text =
            switch state {
            case .expired: copy.linkExpired(setting.brand)
            case .revoked: copy.linkRevoked(setting.brand)
            // A link that was open when it was read and no longer when it was begun was used meanwhile.
            case .used, .open: copy.linkUsed(setting.brand)
            }
        return notice(
            .gone, .stopped, text, primary: result.map { ActionView(href: $0, label: copy.seeResult) }, setting)
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
        _ status: HTTPResponse.Status, _ tone: Tone, _ text: NoticeText, primary: ActionView? = nil,
        secondary: ActionView? = nil, reference: String? = nil, refresh: String? = nil, _ setting: PageSetting
    ) -> LinkingPage {
        made(
            status, .notice,
            NoticeView(
                frame: setting.frame(text.title, refresh: refresh), contact: setting.contact,
                isGood: tone == .good, isWaiting: tone == .waiting, isStopped: tone == .stopped,
                heading: text.title, paragraphs: text.paragraphs, primary: primary, secondary: secondary,
                reference: reference))
    }

    /// The document that a template makes of a view.
    func made(_ status: HTTPResponse.Status, _ template: PageTemplates.Name, _ view: some Sendable) -> LinkingPage {
        LinkingPage(status: status, html: templates.html(template, view))
    }
}
