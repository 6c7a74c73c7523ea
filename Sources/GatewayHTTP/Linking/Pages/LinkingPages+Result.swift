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
                result, .accountMismatch, copy.accountMismatch(brand, shop: result.seller.name), token, setting)
        case .accountTaken: return again(result, .accountTaken, copy.accountTaken(brand), token, setting)
        case .unsupportedSite:
            let country = copy.country(result.application.site)
            return again(result, .unsupportedSite, copy.unsupportedSite(brand, country: country), token, setting)
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
        let whose = [connection.maskedEmail, copy.country(connection.site)].compactMap(\.self)
        let facts = [
            LinkedView.Fact(
                name: copy.accountLabel, value: connection.nickname, more: whose.joined(separator: " · ")),
            LinkedView.Fact(name: copy.shopLabel(brand), value: result.seller.name, more: nil),
        ]
        return made(
            .ok, .linked,
            LinkedView(
                frame: setting.frame(copy.linkedTitle, refresh: checklist?.refresh), contact: setting.contact,
                heading: copy.linkedTitle,
                lead: copy.linkedLead(brand), facts: facts, question: copy.question,
                undoText: copy.undoText(brand), undoAction: "\(token.undoPath)?lang=\(setting.locale.rawValue)",
                undoButton: copy.undoButton, progress: progress(connection, setting),
                back: back(result, .linked, setting), readiness: checklist, stepsHeading: copy.stepsHeading,
                steps: copy.steps(brand),
                unlink: copy.unlink(brand)))
    }

    private func progress(_ connection: Connection, _ setting: PageSetting) -> String {
        guard connection.state != .configuring else { return setting.copy.progressConfiguring }
        return switch connection.webhookState {
        case .unset, .valid: setting.copy.progressLinked
        case .failed: setting.copy.progressFailed(setting.brand)
        }
    }

    /// A refusal after which the same link can be tried again.
    private func again(
        _ result: LinkResult, _ outcome: LinkAttempt.Outcome, _ text: NoticeText, _ token: LinkToken,
        _ setting: PageSetting
    ) -> LinkingPage {
        notice(
            .ok, .stopped, text,
            primary: ActionView(
                href: "\(token.path)?lang=\(setting.locale.rawValue)", label: setting.copy.tryAgain),
            secondary: back(result, outcome, setting), setting)
    }

    /// An end after which the link can't be used again.
    private func ended(
        _ result: LinkResult, _ outcome: LinkAttempt.Outcome, _ tone: Tone, _ text: NoticeText,
        _ setting: PageSetting
    ) -> LinkingPage {
        notice(.ok, tone, text, primary: back(result, outcome, setting), setting)
    }

    /// The button back to the integrator, where the link has an address for it.
    private func back(_ result: LinkResult, _ outcome: LinkAttempt.Outcome, _ setting: PageSetting) -> ActionView? {
        result.link.returnURL.map { url in
            ActionView(
                href: Self.returning(to: url, result.link.id, outcome), label: setting.copy.back(setting.brand))
        }
    }

    /// The registered address with `link_id` and `status` added, and nothing else (SEC C1.9).
    static func returning(to url: String, _ link: OnboardingLinkID, _ outcome: LinkAttempt.Outcome) -> String {
        "\(url)\(url.contains("?") ? "&" : "?")link_id=\(link)&status=\(outcome.rawValue)"
    }
}
