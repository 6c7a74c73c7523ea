import TestSupport
import Testing

@testable import Gateway

@Suite("The integrator's own ref")
struct ExternalRefTests {
    @Test(
        "is 1 to 64 characters that can stand in a path",
        arguments: ["a", "0", "shop-7", "A.b_c~d:e@f-", "sel_1", "ref:1", String(repeating: "x", count: 64)])
    func accepted(text: String) throws {
        let ref = try #require(ExternalRef(text))
        #expect(ref.description == text)
        #expect(SellerReference("ref:\(text)") == .external(ref))
        #expect(SellerReference("ref:\(text)")?.description == "ref:\(text)")
    }

    @Test(
        "refuses whatever a path would have to escape, and more than 64 characters",
        arguments: [
            "", " ", "a b", "a/b", "a\\b", "a?b", "a#b", "a%20b", "a+b", "a,b", "a;b", "a=b", "a&b", "a*b", "á",
            "\u{FF41}", "a\n", "a\u{0}", "<a>", "a'b", "a\"b", "(a)", "a|b", String(repeating: "x", count: 65),
        ])
    func refused(text: String) {
        #expect(ExternalRef(text) == nil)
        #expect(SellerReference("ref:\(text)") == nil)
    }

    @Test("is compared letter by letter")
    func exact() {
        #expect(ExternalRef("Shop") != ExternalRef("shop"))
    }
}

@Suite("A seller's name in a path")
struct NamedSellerTests {
    private let make = Fixtures()

    @Test("names the seller that has it and no other")
    func named() throws {
        let seller = make.seller(ref: "shop-7")
        let other = make.seller()
        #expect(seller.isNamed(by: .id(seller.id)))
        #expect(seller.isNamed(by: .external(try #require(ExternalRef("shop-7")))))
        #expect(!seller.isNamed(by: .id(other.id)))
        #expect(!seller.isNamed(by: .external(try #require(ExternalRef("shop-8")))))
        #expect(!other.isNamed(by: .external(try #require(ExternalRef("shop-7")))))
    }

    @Test("is an id of a seller, never of another thing")
    func kinds() throws {
        let seller: SellerID = make.ids.next()
        #expect(SellerReference(seller.description) == .id(seller))
        #expect(SellerReference(seller.description)?.description == seller.description)
        let application: ApplicationID = make.ids.next()
        for text in [application.description, seller.ulid.description, "sel_", "REF:shop", " ref:shop"] {
            #expect(SellerReference(text) == nil)
        }
    }
}
