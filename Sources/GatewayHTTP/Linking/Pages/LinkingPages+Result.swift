import Gateway
import HTTPTypes

extension LinkingPages {
    /// The page of what an attempt by the link with this token came to, or that it has come to nothing yet.
    ///
    /// With an account that is linked comes the checklist of what is left to do, where it is known.
    func result(
        _ result: LinkResult, token: LinkToken, _ setting: PageSetting, checklist: ReadinessView? = nil
    ) -> LinkingPage {
        let copy = setting.copy
        let brand = setting.brand
        switch result.outcome {
        case nil:
            return notice(
                .ok, .waiting, copy.working, primary: ActionView(href: token.path, label: copy.startOver),
                refresh: "2", setting)
        case .linked:
            // Somebody else may have revoked it since.
            guard let connection = result.connection, connection.state.isActive else {
                return ended(result, .undone, .waiting, copy.undone(brand), setting)
            }
            return linked(connection, result, token: token, setting, checklist)
        case .undone: return ended(result, .undone, .good, copy.undone(brand), setting)
        case .denied: return again(result, .denied, copy.denied, token, setting)
        case .accountMismatch:
            return again(
                result, .accountMismatch, copy.accountMismatch(brand, shop: result.seller.name), token,
                facts: accounts(result, copy), setting)
        case .accountTaken: return again(result, .accountTaken, copy.accountTaken(brand), token, setting)
        case .unsupportedSite:
            let country = copy.country(result.application.site)
            return again(result, .unsupportedSite, copy.unsupportedSite(brand, country: country), token, setting)
        case .sellerDisabled:
            return ended(
                result, .sellerDisabled, .stopped, copy.sellerDisabled(brand, shop: result.seller.name), setting)
        case .exchangeFailed: return again(result, .exchangeFailed, copy.providerTrouble, token, setting)
        case .accountUnreadable: return again(result, .accountUnreadable, copy.providerTrouble, token, setting)
        }
    }

    private func linked(
        _ connection: Connection, _ result: LinkResult, token: LinkToken, _ setting: PageSetting,
        _ checklist: ReadinessView?
    ) -> LinkingPage {
        let copy = setting.copy
        let brand = setting.brand
        let isWaiting = connection.state == .awaitingConfirmation
        let heading = isWaiting ? copy.awaitingTitle : copy.linkedTitle
        let whose = [connection.maskedEmail, copy.country(connection.site)].compactMap(\.self)
        let facts = [
            FactView(
                name: copy.accountLabel, value: connection.nickname, more: whose.joined(separator: " · ")),
            FactView(name: copy.shopLabel(brand), value: result.seller.name, more: nil),
        ]
        return made(
            .ok, .linked,
            LinkedView(
                frame: setting.frame(heading, refresh: checklist?.refresh), contact: setting.contact,
                isWaiting: isWaiting, heading: heading,
                lead: isWaiting ? copy.awaitingLead(brand) : copy.linkedLead(brand), facts: facts,
                question: copy.question,
                undoText: copy.undoText(brand), undoAction: "\(token.undoPath)?lang=\(setting.locale.rawValue)",
                undoButton: copy.undoButton, progress: progress(connection, setting),
                back: back(
                    result, isWaiting ? connection.state.rawValue : LinkAttempt.Outcome.linked.rawValue, setting),
                readiness: isWaiting ? nil : checklist,
                stepsHeading: isWaiting ? nil : copy.stepsHeading, steps: isWaiting ? [] : copy.steps(brand),
                unlink: copy.unlink(brand)))
    }

    /// Both accounts, as far as they are known.
    private func accounts(_ result: LinkResult, _ copy: any PageCopy) -> [FactView] {
        [(copy.enteredAccount, result.refusedAccount), (copy.expectedAccount, result.expectedAccount)]
            .compactMap { name, account in account.map { FactView(name: name, value: $0, more: nil) } }
    }

    private func progress(_ connection: Connection, _ setting: PageSetting) -> String {
        guard connection.state != .awaitingConfirmation else { return setting.copy.progressAwaiting(setting.brand) }
        guard connection.state != .configuring else { return setting.copy.progressConfiguring }
        return switch connection.webhookState {
        case .unset, .valid: setting.copy.progressLinked
        case .failed: setting.copy.progressFailed(setting.brand)
        }
    }

    /// A refusal after which the same link can be tried again.
    private func again(
        _ result: LinkResult, _ outcome: LinkAttempt.Outcome, _ text: NoticeText, _ token: LinkToken,
        facts: [FactView] = [], _ setting: PageSetting
    ) -> LinkingPage {
        notice(
            .ok, .stopped, text, facts: facts,
            primary: ActionView(
                href: "\(token.path)?lang=\(setting.locale.rawValue)", label: setting.copy.tryAgain),
            secondary: back(result, outcome.rawValue, setting), setting)
    }

    /// An end after which the link can't be used again.
    private func ended(
        _ result: LinkResult, _ outcome: LinkAttempt.Outcome, _ tone: Tone, _ text: NoticeText,
        _ setting: PageSetting
    ) -> LinkingPage {
        notice(.ok, tone, text, primary: back(result, outcome.rawValue, setting), setting)
    }

    /// The button back to the integrator, where the link has an address for it.
    private func back(_ result: LinkResult, _ status: String, _ setting: PageSetting) -> ActionView? {
        result.link.returnURL.map { url in
            ActionView(
                href: Self.returning(to: url, result.link.id, status), label: setting.copy.back(setting.brand))
        }
    }

    /// The registered address with `link_id` and `status` added, and nothing else (SEC C1.9).
    static func returning(to url: String, _ link: OnboardingLinkID, _ status: String) -> String {
        "\(url)\(url.contains("?") ? "&" : "?")link_id=\(link)&status=\(status)"
    }
}
