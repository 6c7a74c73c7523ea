// What is told on the way from a link to a connection.
extension SellerNotices {
    /// `seller.link_opened`: a browser started by the link for the first time; a preview of its page counts for nothing.
    func linkOpened(_ link: OnboardingLink, _ application: Application) async throws(Problem) -> EventDraft {
        try await notice(.sellerLinkOpened, link, application, [:])
    }

    /// `seller.link_failed`: an attempt ended without a connection; where the link is open it can be tried again.
    func linkFailed(
        _ link: OnboardingLink, _ application: Application, _ outcome: LinkAttempt.Outcome
    ) async throws(Problem) -> EventDraft {
        try await notice(.sellerLinkFailed, link, application, ["reason": outcome.rawValue])
    }

    /// `seller.awaiting_confirmation`: an account was linked, and nothing is done with it before it is confirmed.
    func awaitingConfirmation(_ connection: Connection, _ link: OnboardingLink) async throws(Problem) -> EventDraft {
        try await notice(
            .sellerAwaitingConfirmation, connection,
            [
                "link_id": link.id.description,
                "confirm_until": (connection.confirmUntil ?? connection.linkedAt).description,
            ])
    }

    /// `seller.relinked`: a connection took the place of the one that was in use.
    func relinked(_ connection: Connection, after previous: Connection) async throws(Problem) -> EventDraft {
        try await notice(
            .sellerRelinked, connection,
            [
                "same_account": String(connection.upstreamUser == previous.upstreamUser),
                "previous_connection_id": previous.id.description,
            ])
    }

    /// What is told when a connection takes the place of the one that was in use, if there was one.
    func replacing(_ previous: Connection?, by connection: Connection) async throws(Problem) -> [EventDraft] {
        guard let previous else { return [] }
        var events = [try await relinked(connection, after: previous)]
        if previous.state == .needsRelink { events.append(try await repaired(connection)) }
        return events
    }

    private func notice(
        _ type: NoticeType, _ link: OnboardingLink, _ application: Application, _ more: [String: String]
    ) async throws(Problem) -> EventDraft {
        let data = ["link_id": link.id.description, "application_id": application.id.description]
        return try await draft(
            type, seller: try await seller(link.seller), connection: nil, application: application.id,
            liveMode: application.mode == .live, resource: link.id.description, data: data.merging(more) { $1 },
            only: nil)
    }
}
