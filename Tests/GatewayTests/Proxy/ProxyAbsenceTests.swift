import TestSupport
import Testing

@testable import Gateway

@Suite("A key or seller that is not there")
struct ProxyAbsenceTests {
    private let stage = ProxyStage()

    @Test("is not looked for again within five seconds")
    func remembered() {
        let (key, text) = stage.made()
        #expect(stage.decide(key: text).need == .key(key.id))
        stage.directory.keepAbsence(of: key.id, at: stage.make.clock.now, epoch: stage.directory.epoch)
        #expect(stage.decide(key: text).problem == APIKeys.unauthorized)
        let known = stage.key()
        let id: SellerID = stage.make.ids.next()
        #expect(stage.decide(key: known, seller: id.description).need == .seller(.id(id)))
        stage.directory.keepAbsence(of: .id(id), at: stage.make.clock.now, epoch: stage.directory.epoch)
        #expect(stage.decide(key: known, seller: id.description).problem == .sellerNotFound)
        stage.make.clock.advance(by: ProxyDirectory.absence)
        #expect(stage.decide(key: text).need == .key(key.id))
        #expect(stage.decide(key: known, seller: id.description).need == .seller(.id(id)))
    }

    @Test("is looked for at once when it was made, even while it was being looked for, and after a clock was set back")
    func made() {
        let (key, text) = stage.made()
        let epoch = stage.directory.epoch
        stage.directory.keepAbsence(of: key.id, at: stage.make.clock.now, epoch: epoch)
        stage.directory.forget(key: key.id)
        stage.directory.keepAbsence(of: key.id, at: stage.make.clock.now, epoch: epoch)
        #expect(stage.decide(key: text).need == .key(key.id))
        let known = stage.key()
        let seller: SellerID = stage.make.ids.next()
        stage.directory.keepAbsence(of: .id(seller), at: stage.make.clock.now, epoch: stage.directory.epoch)
        stage.directory.forget(seller: stage.make.ids.next())
        #expect(stage.decide(key: known, seller: seller.description).need == .seller(.id(seller)))
        stage.directory.keepAbsence(of: .id(seller), at: stage.make.clock.now, epoch: stage.directory.epoch)
        stage.make.clock.advance(by: .seconds(-1))
        #expect(stage.decide(key: known, seller: seller.description).need == .seller(.id(seller)))
    }
}
