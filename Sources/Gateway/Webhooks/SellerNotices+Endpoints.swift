extension SellerNotices {
    /// What makes the events about an endpoint, for those that share it: in the transaction that finds their reason.
    func notices(
        about endpoint: Endpoint
    ) async throws(Problem) -> @Sendable (EndpointNotice) -> EventDraft {
        let seller: Seller? = if let id = endpoint.seller { try await self.seller(id) } else { nil }
        let sealer = try await sealer(for: seller)
        return { notice in
            let (type, more) = Self.told(notice)
            var data = ["endpoint_id": endpoint.id.description]
            data.merge(more) { $1 }
            return draft(
                sealer, type, seller: seller, connection: nil, application: nil, liveMode: false,
                resource: endpoint.id.description, data: data, only: nil)
        }
    }

    /// `replay.finished`: all that a job was to send again is on its way.
    func replayFinished(_ job: Job) async throws(Problem) -> @Sendable (_ replayed: Int) -> EventDraft {
        let seller: Seller? = if let id = job.seller { try await self.seller(id) } else { nil }
        let sealer = try await sealer(for: seller)
        return { replayed in
            draft(
                sealer, .replayFinished, seller: seller, connection: nil, application: nil, liveMode: false,
                resource: job.id.description,
                data: [
                    "job_id": job.id.description, "endpoint_id": job.filter.endpoint.description,
                    "replayed": String(replayed),
                ], only: nil)
        }
    }

    private static func told(_ notice: EndpointNotice) -> (NoticeType, [String: String]) {
        switch notice {
        case .suspended: (.endpointSuspended, [:])
        case .warned(let days): (.endpointWarned, ["days": String(days)])
        case .recovered: (.endpointRecovered, [:])
        case .disabled(let reason): (.endpointDisabled, ["reason": reason.rawValue])
        }
    }
}
