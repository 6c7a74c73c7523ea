import Gateway
import TestSupport

// What ErasureStore promises.
extension StoreCase {
    func erasingLeavesNothingThatOpensOrTells(_ stage: Stage) async throws {
        let seller = try await stage.seller(ref: "shop-7")
        let application = try await stage.application()
        let connection = try await stage.connect(seller, application)
        let endpoint = try await stage.endpoint(of: seller.id)
        let key = try await stage.apiKey(boundTo: seller.id)
        let link = stage.make.link(of: seller.id, with: application.id)
        try await stage.store.add(link, as: stage.make.change(.linkCreated))
        try await stage.erase(seller)

        let erased = try require(try await stage.store.seller(.id(seller.id)))
        try expect(erased.state, is: .erased)
        try expect(erased.name, is: "")
        try expect(try await stage.store.seller(.external(try require(ExternalRef("shop-7")))), is: nil)
        try expect(try await stage.store.dataKeys(of: seller.id), is: [])
        try expect(try await stage.store.dataKey(of: .seller(seller.id)), is: nil)
        try expect(try await stage.store.tokens(of: connection.id) == nil, "the tokens are gone")
        let ended = try require(try await stage.store.connection(connection.id))
        try expect(ended.state, is: .erased)
        try expect(ended.nickname, is: "")
        try expect(ended.maskedEmail, is: nil)
        try expect(ended.integratorToken, is: nil)
        try expect(try await stage.store.endpoint(endpoint.id), is: nil)
        try expect(try await stage.store.secrets(of: endpoint.id, at: stage.now).count, is: 0)
        let revoked = try require(try await stage.store.apiKey(key.id))
        try expect(revoked.revokedAt, is: stage.now)
        try expect(revoked.name != key.name, "the key's name is gone")
        let closed = try require(try await stage.store.link(link.id))
        try expect(closed.state, is: .revoked)
        try expect(closed.returnURL, is: nil)
        let audit = try await stage.store.auditEntries(AuditFilter(seller: seller.id), page: Page())
        try expect(audit.first?.action, is: .sellerErased)
    }

    func erasingTouchesNobodyElse(_ stage: Stage) async throws {
        let seller = try await stage.seller("Una")
        let other = try await stage.seller("Otra", ref: "shop-8")
        let application = try await stage.application()
        _ = try await stage.connect(seller, application, user: 1)
        let connection = try await stage.connect(other, application, user: 2)
        let endpoint = try await stage.endpoint(of: other.id)
        let key = try await stage.apiKey(boundTo: other.id)
        let event = stage.make.notice(of: other.id)
        _ = try await stage.store.record(event)
        let tokens = try await stage.store.tokens(of: connection.id)
        try await stage.erase(seller)

        try expect(try await stage.store.seller(.id(other.id)), is: other)
        try expect(try await stage.store.connection(connection.id), is: connection)
        try expect(try await stage.store.tokens(of: connection.id)?.access, is: tokens?.access)
        try expect(try await stage.store.dataKeys(of: other.id).count, is: 1)
        try expect(try await stage.store.endpoint(endpoint.id), is: endpoint)
        try expect(try await stage.store.secrets(of: endpoint.id, at: stage.now).count, is: 1)
        try expect(try await stage.store.apiKey(key.id), is: key)
        try expect(try await stage.claim().map(\.event), is: [event.id])
    }

    func erasingCancelsWhatWaits(_ stage: Stage) async throws {
        let integrators = try await stage.endpoint(of: nil, topics: ["seller.erased", "seller.revoked"])
        let (seller, _, deliveries) = try await stage.due(2)
        try await stage.tell(seller.id, type: "seller.revoked")
        let claimed = try await stage.claim(1)
        let erased = stage.make.notice(of: nil, type: "seller.erased")
        try await stage.erase(seller, event: erased)

        for id in deliveries { try expect(try await stage.delivery(id).state, is: .canceled) }
        for delivery in claimed {
            try expect(try await stage.store.finish(delivery, stage.make.result()) == false, "the claim is lost")
        }
        // What tells the integrator of it goes out, and nothing else that was waiting.
        let left = try await stage.claim()
        try expect(left.map(\.event), is: [erased.id])
        try expect(left.map(\.endpoint.id), is: [integrators.id])
        try await stage.expectRefusal(.conflict(rule: .state)) {
            try await stage.store.retry(deliveries[0], at: stage.now, as: stage.make.change(.deliveryRetried))
        }
        let event = try await stage.delivery(deliveries[0]).event
        try await stage.expectRefusal(.conflict(rule: .state)) {
            try await stage.store.replay(
                event, to: nil, of: nil, at: stage.now, as: stage.make.change(.eventReplayed))
        }
    }

    func erasedSellerTakesNothingNew(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let application = try await stage.application()
        try await stage.erase(seller)
        let make = stage.make
        let connection = make.connection(of: seller.id, with: application.id)
        try await stage.expectRefusal(.notFound) {
            try await stage.store.establish(
                connection, tokens: make.tokens(of: connection.id), finishing: nil, as: make.change(.connectionLinked))
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.add(make.link(of: seller.id, with: application.id), as: make.change(.linkCreated))
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.add(make.apiKey(boundTo: seller.id), as: make.change(.keyCreated))
        }
        let endpoint = make.endpoint(of: seller.id)
        try await stage.expectRefusal(.notFound) {
            try await stage.store.add(
                endpoint, secret: make.secret(of: endpoint.id), test: make.test(endpoint),
                as: make.change(.endpointCreated))
        }
        try await stage.expectRefusal(.notFound) { _ = try await stage.store.record(make.notice(of: seller.id)) }
        try await stage.expectRefusal(.notFound) {
            _ = try await stage.store.update(
                seller.id, SellerChanges(name: "Otra vez"), as: make.change(.sellerUpdated))
        }
    }

    func erasureIsDoneOnce(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        try await stage.erase(seller)
        let first = try await stage.store.erasure(of: seller.id)
        stage.pass(.seconds(60))
        try await stage.expectRefusal(.conflict(rule: .state)) { try await stage.erase(seller) }
        try expect(try await stage.store.erasure(of: seller.id), is: first)
        try await stage.expectRefusal(.notFound) { try await stage.erase(stage.make.seller()) }
    }

    func erasureNamesEveryDataKey(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        try await stage.expectRefusal(.conflict(rule: .stale)) {
            try await stage.store.erase(
                Erasure(seller: seller.id, refHash: nil, dataKeys: [stage.make.ids.ulid()], erasedAt: stage.now),
                event: stage.make.notice(of: nil), as: stage.make.change(.sellerErased))
        }
        try expect(try await stage.store.seller(.id(seller.id)), is: seller)
        try expect(try await stage.store.dataKeys(of: seller.id).count, is: 1)
    }

    func erasureIsRemembered(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let other = try await stage.seller("Otra")
        let keys = try await stage.store.dataKeys(of: seller.id)
        let others = try await stage.store.dataKeys(of: other.id)
        try expect(try await stage.store.sellers(owning: keys + others + keys), is: [seller.id, other.id])
        try expect(try await stage.store.erasedDataKeys(), is: [])
        try await stage.erase(seller, refHash: sha256("ref"))

        try expect(try await stage.store.sellers(owning: keys + others), is: [other.id])
        try expect(try await stage.store.erasedDataKeys(), is: keys)
        let erasure = Erasure(seller: seller.id, refHash: sha256("ref"), dataKeys: keys, erasedAt: stage.now)
        try expect(try await stage.store.erasure(of: seller.id), is: erasure)
        try expect(try await stage.store.unfinishedErasures(), is: [erasure])
        try expect(try await stage.store.scrub(), "nobody reads")
        stage.pass(.seconds(1))
        try await stage.store.finish(erasure: seller.id, at: stage.now)
        try expect(try await stage.store.erasure(of: seller.id)?.finishedAt, is: stage.now)
        try expect(try await stage.store.unfinishedErasures(), is: [])
        try await expectRefusal(.notFound) { try await stage.store.finish(erasure: other.id, at: stage.now) }
    }

    func erasedSellersStandInNoList(_ stage: Stage) async throws {
        let seller = try await stage.seller("Una")
        let other = try await stage.seller("Otra")
        try await stage.erase(seller)
        try expect(try await stage.store.sellers(SellerFilter(), page: Page()), is: [other])
        let erased = try await stage.store.sellers(SellerFilter(state: .erased), page: Page())
        try expect(erased.map(\.id), is: [seller.id])
    }

    func parkedNotificationsGoWithTheirSeller(_ stage: Stage) async throws {
        let application = try await stage.application()
        let (first, second) = (try await stage.seller("Una"), try await stage.seller("Otra"))
        let mine = try await stage.connect(first, application, user: 1)
        let both = try await stage.connect(first, try await stage.application("99"), user: 2)
        try await stage.store.revoke(both.id, event: nil, as: stage.make.change(.connectionRevoked))
        let shared = stage.make.connection(of: second.id, with: both.application, user: 2)
        try await stage.store.establish(
            shared, tokens: stage.make.tokens(of: shared.id), finishing: nil, as: stage.make.change(.connectionLinked))
        let gone = stage.make.parked(for: mine.upstreamUser, application: mine.application)
        let kept = stage.make.parked(for: both.upstreamUser, application: both.application)
        for event in [gone, kept] { _ = try await stage.store.record(event) }
        try await stage.erase(first)
        try expect(try await stage.store.event(gone.id) == nil, "it was the erased seller's alone")
        try expect(try await stage.store.event(kept.id) != nil, "another seller has the account")
    }

    func receivedNotificationIsKept(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let event = stage.make.event(of: connection)
        _ = try await stage.store.record(event)
        let notice = stage.make.notice(of: connection.seller)
        _ = try await stage.store.record(notice)
        try expect(try await stage.store.received(of: event.id), is: event.origin?.received)
        try expect(try await stage.store.received(of: notice.id), is: nil)
    }
}

extension Stage {
    /// Erases a seller with all the data keys it has.
    fileprivate func erase(
        _ seller: Seller, event: EventDraft? = nil, refHash: [UInt8]? = nil
    ) async throws(StoreError) {
        let keys = try await store.dataKeys(of: seller.id)
        try await store.erase(
            Erasure(seller: seller.id, refHash: refHash, dataKeys: keys, erasedAt: now),
            event: event ?? make.notice(of: nil, type: "seller.erased"),
            as: make.change(.sellerErased, seller: seller.id))
    }
}
