import Foundation
import Testing

@testable import Sandbox

@Suite("Stores, points of sale and devices")
struct PlacesTests {
    @Test("keep the upstream's mixed types: a number for the POS, a string for the store")
    func types() throws {
        let test = try TestWorld()
        let page = try test.world.devicePage(of: test.caller(), .none)
        let device = try #require(page["devices"]?.array?.first)
        #expect(device["pos_id"]?.int != nil)
        #expect(device["store_id"]?.string != nil)
        #expect(page["paging"] == ["total": 1, "limit": 50, "offset": 0])
    }

    @Test("are made, changed and found by their external id")
    func lifecycle() throws {
        var test = try TestWorld()
        let caller = test.caller()
        let store = try test.world.saveStore(nil, ["name": "Norte", "external_id": "N1"], by: caller)
        #expect(
            refusal { _ = try test.world.saveStore(nil, ["name": "Otro", "external_id": "N1"], by: caller) }
                == "400 bad_request")
        let desk = try test.world.savePointOfSale(
            nil, ["name": "Caja", "external_store_id": "N1", "external_id": "N1C1"], by: caller)
        #expect(desk.storeID == store.id)
        let query = try #require(FormFields(encoded: "external_id=N1C1"))
        #expect(try test.world.pointOfSalePage(of: caller, query)["paging"]?["total"] == 1)
        let other = test.caller("PADARIALUA")
        #expect(refusal { _ = try test.world.store(store.id, of: other) } == "404 not_found")
        #expect(refusal { try test.world.checkOwner(caller.userID, other) } == "403 forbidden")
    }

    @Test("change a terminal's mode only after its restart")
    func mode() throws {
        var test = try TestWorld()
        let (device, caller) = (test.device(), test.caller())
        #expect(
            try test.world.setMode("STANDALONE", of: device.id, caller: caller) == ["operating_mode": "STANDALONE"])
        #expect(test.world.devices[device.id]?.runningMode == .pdv)
        _ = try test.world.press(.restart, on: device.id)
        #expect(test.world.devices[device.id]?.runningMode == .standalone)
        #expect(refusal { _ = try test.world.setMode("OFF", of: device.id, caller: caller) } == "400 bad_request")
    }

    @Test("take a terminal that is paired later: it works alone and stands nowhere until its owner acts")
    func pairing() throws {
        var test = try TestWorld()
        let caller = test.caller()
        let earlier = test.device()
        let device = test.world.pair(test.seller(), isPlaced: false)
        let query = try #require(FormFields(encoded: "limit=50"))
        let listed = try test.world.devicePage(of: caller, query)["devices"]?.array?.last
        #expect(listed?["id"]?.string == device.id)
        #expect(listed?["pos_id"] == nil && listed?["operating_mode"] == "STANDALONE")
        #expect(refusal { _ = try test.world.setMode("PDV", of: device.id, caller: caller) } == "403 forbidden")
        _ = try test.world.press(.place, on: device.id)
        #expect(test.world.devices[device.id]?.pointOfSaleID != earlier.pointOfSaleID)
        _ = try test.world.setMode("PDV", of: device.id, caller: caller)
        #expect(test.world.devices[device.id]?.runningMode == .standalone)
    }

    @Test("show and follow a change of mode as the knobs say")
    func modeKnobs() throws {
        var test = try TestWorld()
        let (device, caller) = (test.device(), test.caller())
        test.world.knobs.showRunningMode = true
        _ = try test.world.setMode("STANDALONE", of: device.id, caller: caller)
        let page = try test.world.devicePage(of: caller, .none)
        #expect(page["devices"]?.array?.first?["operating_mode"] == "PDV")
        test.world.knobs.modeNeedsRestart = false
        _ = try test.world.setMode("STANDALONE", of: device.id, caller: caller)
        #expect(test.world.devices[device.id]?.runningMode == .standalone)
    }
}
