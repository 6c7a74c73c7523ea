import Gateway
import Testing

@testable import UpstreamMercadoPago

@Suite("A terminal in the provider's list")
struct TerminalReadingTests {
    private func terminal(_ json: String) throws -> Terminal? {
        MercadoPago.terminal(try #require(AnswerReading.object(Array(json.utf8))))
    }

    @Test("is read with its mixed types")
    func types() throws {
        let read = try terminal(
            """
            {"id": "PAX_A910__SIM0000001", "pos_id": 47000001, "store_id": "47000000",
             "external_pos_id": "SUC01POS01", "operating_mode": "PDV"}
            """)
        let terminal = try #require(read)
        #expect(terminal.id.description == "PAX_A910__SIM0000001")
        #expect(terminal.mode == .pdv)
        #expect(terminal.pointOfSale == "47000001" && terminal.store == "47000000")
        #expect(terminal.externalPointOfSale == "SUC01POS01")
        #expect(terminal.isAssigned)
    }

    @Test("says nothing of its mode in the oldest version, and in one that is not known")
    func unknownMode() throws {
        #expect(try terminal(#"{"id": "PAX__1"}"#)?.id.description == "PAX__1")
        #expect(try terminal(#"{"id": "PAX__1"}"#)?.mode == nil)
        #expect(try terminal(#"{"id": "PAX__1", "operating_mode": "UNDEFINED"}"#)?.mode == nil)
        #expect(try terminal(#"{"id": "PAX__1", "operating_mode": "STANDALONE"}"#)?.mode == .standalone)
    }

    @Test(
        "stands nowhere without both places, whatever an empty one looks like",
        arguments: [#""""#, "0", #""0""#, "null", "[1]"])
    func nowhere(place: String) throws {
        let terminal = try terminal(#"{"id": "PAX__1", "pos_id": \#(place), "store_id": "47000000"}"#)
        #expect(terminal?.isAssigned == false)
    }

    @Test("is none with an id that could not stand in a path", arguments: ["", "PAX/1", "PAX 1", "../x", "a%2Fb"])
    func badID(id: String) throws {
        #expect(try terminal(#"{"id": "\#(id)"}"#) == nil)
        #expect(try terminal(#"{"operating_mode": "PDV"}"#) == nil)
    }
}
