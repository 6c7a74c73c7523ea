public import Gateway
import NIOHTTP1

extension MercadoPago: UpstreamResources {
    /// Reads the resource of a notification (REF §4.3) and compares.
    public func evidence(
        on subject: NotificationSubject, with token: Secret<String>
    ) async throws(UpstreamError) -> Evidence {
        guard let place = NotificationEvidence.path(of: subject) else { return .absent }
        guard let resource = try await read(place, token) else { return .absent }
        switch NotificationEvidence.judge(subject, resource) {
        case .so(let ids): return .fetched(Evidence.Resource(ids: ids, parts: [("resource", resource.body)]))
        case .otherwise(let word): return .contradicted(word)
        case .paid(let payment, let ids):
            // That the terminal has finished does not say that it was paid (REF §2.6).
            guard let answer = try await read("/v1/payments/\(payment)", token) else { return .absent }
            guard !NotificationEvidence.isForeign(answer, to: subject) else {
                return .contradicted("foreign_payment")
            }
            return .fetched(
                Evidence.Resource(ids: ids, parts: [("resource", resource.body), ("payment", answer.body)]))
        }
    }

    /// Intents may be read once a second (REF §2.5).
    public func pause(after topic: String) -> Duration {
        topic == "point_integration_wh" ? .milliseconds(1_050) : .zero
    }

    /// A resource, or `nil` where there is none within the account's reach.
    private func read(_ path: String, _ token: Secret<String>) async throws(UpstreamError) -> FoundResource? {
        do throws(UpstreamError) {
            let answer = try await answer(to: .GET, path, token: token)
            guard let members = AnswerReading.object(answer.body),
                answer.body.count <= NotificationEvidence.largestPart
            else { throw UpstreamError.unanswered(status: answer.status) }
            return FoundResource(body: answer.body, members: members)
        } catch .refused(_, let status) where status == 404 || status == 403 {
            return nil
        }
    }
}
