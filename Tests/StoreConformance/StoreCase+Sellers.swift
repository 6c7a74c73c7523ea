import Gateway
import TestSupport

// What SellerStore and VaultStore promise.
extension StoreCase {
    func sellerIsFoundByIDAndByRef(_ stage: Stage) async throws {
        let seller = try await stage.seller(ref: "shop-7")
        let other = try await stage.seller("Otra")
        try expect(try await stage.store.seller(.id(seller.id)), is: seller)
        try expect(try await stage.store.seller(.id(other.id)), is: other)
        try expect(try await stage.store.seller(.external(try require(ExternalRef("shop-7")))), is: seller)
        try expect(try await stage.store.seller(.external(try require(ExternalRef("shop-8")))), is: nil)
        try expect(try await stage.store.seller(.id(stage.make.ids.next())), is: nil)
    }

    func externalRefIsUnique(_ stage: Stage) async throws {
        let first = try await stage.seller(ref: "shop-7")
        let second = stage.make.seller("Otra", ref: "shop-7")
        let dataKey = stage.make.dataKey(of: .seller(second.id))
        try await stage.expectRefusal(.conflict(rule: .unique)) {
            try await stage.store.add(second, dataKey: dataKey, as: stage.make.change())
        }
        try expect(try await stage.store.seller(.id(second.id)), is: nil)
        try expect(try await stage.store.dataKey(dataKey.id), is: nil)
        let third = try await stage.seller("Tercera", ref: "shop-9")
        try await stage.expectRefusal(.conflict(rule: .unique)) {
            _ = try await stage.store.update(
                third.id, SellerChanges(externalRef: first.externalRef), as: stage.make.change(.sellerUpdated))
        }
        try expect(
            try await stage.store.seller(.id(third.id))?.externalRef, is: try require(ExternalRef("shop-9")))
    }

    func sellerUpdateReplacesWhatMayChange(_ stage: Stage) async throws {
        var seller = try await stage.seller(ref: "shop-7")
        seller.state = .disabled
        try await stage.store.update(
            seller.id, SellerChanges(state: .disabled), as: stage.make.change(.sellerUpdated))
        // Whoever renames it enables nothing.
        seller.name = "Almacén Ñusta"
        try expect(
            try await stage.store.update(
                seller.id, SellerChanges(name: seller.name), as: stage.make.change(.sellerUpdated)), is: seller)
        seller.externalRef = nil
        try await stage.store.update(
            seller.id, SellerChanges(externalRef: .some(nil)), as: stage.make.change(.sellerUpdated))
        try expect(try await stage.store.seller(.id(seller.id)), is: seller)
        let unknown = stage.make.seller()
        try await stage.expectRefusal(.notFound) {
            _ = try await stage.store.update(
                unknown.id, SellerChanges(name: "Otra"), as: stage.make.change(.sellerUpdated))
        }
    }

    func sellersAreListedNewestFirstInPages(_ stage: Stage) async throws {
        var made: [Seller] = []
        // Within one millisecond, so that the order is that of writing and not the ids'.
        for index in 0..<7 { made.append(try await stage.seller("Tienda \(index)")) }
        var listed: [Seller] = []
        var page = Page(limit: 3)
        while true {
            let part = try await stage.store.sellers(SellerFilter(), page: page)
            listed += part
            guard let last = part.last else { break }
            page = Page(limit: 3, after: last.id.ulid)
        }
        try expect(listed, is: made.reversed())
    }

    func sellerFiltersNarrowTheList(_ stage: Stage) async throws {
        let kiosco = try await stage.seller("Kiosco Ñandú 100%", ref: "shop-7")
        var other = try await stage.seller("Café _ Otro")
        other.state = .disabled
        try await stage.store.update(
            other.id, SellerChanges(state: .disabled), as: stage.make.change(.sellerUpdated))
        let list = { (filter: SellerFilter) in try await stage.store.sellers(filter, page: Page()) }
        try expect(try await list(SellerFilter(only: kiosco.id)), is: [kiosco])
        try expect(try await list(SellerFilter(state: .disabled)), is: [other])
        try expect(try await list(SellerFilter(externalRef: kiosco.externalRef)), is: [kiosco])
        for text in ["ÑANDÚ", "ñandú", "kiosco", "100%"] {
            try expect(try await list(SellerFilter(search: text)), is: [kiosco])
        }
        try expect(try await list(SellerFilter(search: "_")), is: [other])
        try expect(try await list(SellerFilter(search: "nothing")), is: [])
        try expect(try await list(SellerFilter(only: kiosco.id, state: .disabled)), is: [])
    }

    func dataKeyIsFoundByOwnerAndByID(_ stage: Stage) async throws {
        let seller = stage.make.seller()
        let key = stage.make.dataKey(of: .seller(seller.id))
        try await stage.store.add(seller, dataKey: key, as: stage.make.change())
        try expect(try await stage.store.dataKey(of: .seller(seller.id)), is: key)
        try expect(try await stage.store.dataKey(key.id), is: key)
        try expect(try await stage.store.dataKey(of: .installation), is: nil)
        try expect(try await stage.store.dataKey(of: .seller(stage.make.ids.next())), is: nil)
        try expect(try await stage.store.dataKey(stage.make.ids.ulid()), is: nil)
    }

    func vaultBeginsOnce(_ stage: Stage) async throws {
        try expect(try await stage.store.canary(), is: nil)
        let key = stage.make.dataKey(of: .installation)
        let canary = stage.make.sealed()
        try await stage.store.begin(dataKey: key, canary: canary)
        let other = stage.make.dataKey(of: .installation)
        try await expectRefusal(.conflict(rule: .unique)) {
            try await stage.store.begin(dataKey: other, canary: stage.make.sealed())
        }
        try expect(try await stage.store.canary(), is: canary)
        try expect(try await stage.store.dataKey(of: .installation), is: key)
        try expect(try await stage.store.dataKey(other.id), is: nil)
    }

    func keyringKeysInUseAreNamedOnce(_ stage: Stage) async throws {
        try expect(try await stage.store.keyringKeysInUse(), is: [])
        try await stage.store.begin(
            dataKey: stage.make.dataKey(of: .installation, keyringKey: "k2"), canary: stage.make.sealed())
        _ = try await stage.seller("Una")
        _ = try await stage.seller("Otra")
        try expect(try await stage.store.keyringKeysInUse().sorted(), is: ["k1", "k2"])
    }
}
