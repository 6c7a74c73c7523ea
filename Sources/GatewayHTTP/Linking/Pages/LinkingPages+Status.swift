import Gateway
import HTTPTypes

/// The page where a shop owner sees what is linked.
struct StatusView {
    /// One account that is linked, and the form that unlinks it.
    struct Entry {
        let facts: [FactView]
        /// Opens what leads to the form.
        let offer: String
        let text: String
        let form: FormView
    }

    let frame: FrameView
    let contact: ContactView
    let heading: String
    let lead: String
    /// What was just unlinked.
    let ended: NoteView?
    let entries: [Entry]
    /// That nothing is linked.
    let nothing: String?
    /// Until when it can be opened, by the clock of an account's country.
    let expires: String?
}

extension LinkingPages {
    /// What is linked to a shop; stands in the name of the application where there is one alone.
    func status(_ page: StatusPage, ticket: String, _ locale: PageLocale) -> LinkingPage {
        let shown = page.entries.map(\.application) + (page.ended.map { [$0.application] } ?? [])
        let isOne = Set(shown.map(\.id)).count == 1
        let setting = PageSetting(
            locale, isOne ? shown.first : nil,
            languageMore: page.ended.map { "&unlinked=\($0.connection.id)" } ?? "")
        let copy = setting.copy
        let title = copy.statusTitle(shop: page.seller.name)
        let moment = shown.first.map { copy.moment(LocalMoment(page.expiresAt, in: $0.site)) }
        return made(
            .ok, .status,
            StatusView(
                frame: setting.frame(title), contact: setting.contact, heading: title, lead: copy.statusLead,
                ended: page.ended.map { ended in
                    NoteView(
                        heading: copy.unlinkedHeading(ended.application.brand),
                        text: copy.unlinkedText(ended.application.brand), isWarning: false)
                },
                entries: page.entries.map { entry($0, ticket, setting) },
                nothing: page.entries.isEmpty ? copy.statusNothing : nil, expires: moment.map { copy.statusExpires($0) }
            ))
    }

    private func entry(_ entry: StatusPage.Entry, _ ticket: String, _ setting: PageSetting) -> StatusView.Entry {
        let copy = setting.copy
        let (connection, brand) = (entry.connection, entry.application.brand)
        let whose = [connection.maskedEmail, copy.country(connection.site)].compactMap(\.self)
        let since = copy.moment(LocalMoment(connection.linkedAt, in: connection.site))
        return StatusView.Entry(
            facts: [
                FactView(name: copy.accountLabel, value: connection.nickname, more: whose.joined(separator: " · ")),
                FactView(name: copy.statusWith, value: brand, more: nil),
                FactView(name: copy.statusSince, value: since, more: nil),
                FactView(name: copy.statusState, value: copy.statusWords(connection.state), more: nil),
            ],
            offer: copy.unlinkOffer(brand), text: copy.unlinkText(brand),
            form: FormView(
                action: "/status/\(ticket)/unlink/\(connection.id)?lang=\(setting.locale.rawValue)",
                label: copy.unlinkButton))
    }
}
