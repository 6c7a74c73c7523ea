extension World {
    /// Pairs a new terminal with an account, as its owner does by QR code in the phone app.
    ///
    /// Source: the guide's step 2.
    ///
    /// - Parameters:
    ///   - user: The account.
    ///   - mode: The mode it comes in; a new terminal works alone.
    ///   - isPlaced: Whether the owner has chosen store and cash desk on it already.
    /// - Returns: The terminal.
    mutating func pair(_ user: User, mode: Device.Mode = .standalone, isPlaced: Bool = true) -> Device {
        let serial = String(next(.device))
        let padded = String(repeating: "0", count: max(0, 7 - serial.count)) + serial
        let device = Device(id: "PAX_A910__SIM\(padded)", ownerID: user.id, mode: mode, runningMode: mode)
        devices[device.id] = device
        return isPlaced ? place(device) : device
    }

    /// Puts a terminal at a cash desk that has none; store and cash desk are made where the account lacks them.
    mutating func place(_ device: Device) -> Device {
        let own = stores.values.filter { $0.ownerID == device.ownerID }.min { $0.id < $1.id }
        let store: Store
        if let own { store = own } else { store = newStore(of: device) }
        let taken = Set(devices.values.compactMap(\.pointOfSaleID))
        let free = pointsOfSale.values.filter { desk in
            desk.ownerID == device.ownerID && desk.storeID == store.id && !taken.contains(desk.id)
        }
        let desk: PointOfSale
        if let first = free.min(by: { $0.id < $1.id }) { desk = first } else { desk = newDesk(in: store) }
        var placed = device
        placed.storeID = store.id
        placed.pointOfSaleID = desk.id
        placed.externalPointOfSaleID = desk.externalID
        devices[device.id] = placed
        return placed
    }

    private mutating func newStore(of device: Device) -> Store {
        let store = Store(
            id: next(.store), ownerID: device.ownerID, name: "\(users[device.ownerID]?.nickname ?? "Shop") Centro",
            externalID: "SUC\(device.ownerID)",
            location: [:], createdAt: now)
        stores[store.id] = store
        return store
    }

    private mutating func newDesk(in store: Store) -> PointOfSale {
        let number = pointsOfSale.values.count { $0.storeID == store.id } + 1
        let desk = PointOfSale(
            id: next(.pointOfSale), ownerID: store.ownerID, name: "Caja \(number)", storeID: store.id,
            externalID: "\(store.externalID ?? "SUC")POS0\(number)", externalStoreID: store.externalID, fields: [:],
            createdAt: now)
        pointsOfSale[desk.id] = desk
        return desk
    }
}
