import Foundation
import Testing

@testable import Gateway

@Suite("DLV 8: a delivery's signature")
struct DeliverySignerTests {
    struct Vector: Sendable {
        let secret: String
        let id: String
        let timestamp: Int64
        let body: String
        let signature: String
    }

    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let first = Vector(
        secret: secret, id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
        body: #"{"test": 2432232314}"#, signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    static let vectors = [
        first,
        Vector(
            secret: String(secret.dropLast()), id: first.id, timestamp: first.timestamp, body: first.body,
            signature: "v1,LVOXivKoo4FWasi/IaHvzhE/u+7/cu2AME+zS/nXqzk="),
        Vector(
            secret: secret + "Br", id: first.id, timestamp: first.timestamp, body: first.body,
            signature: "v1,yK2tMbA6BHPrMEJ1lLv7UlJJbgFoqGenJkiajZ29evg="),
        Vector(
            secret: secret, id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", timestamp: 1_674_087_231,
            body: #"{"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z","#
                + #""data":{"id":"1f81eb52-5198-4599-803e-771906343485"}}"#,
            signature: "v1,ARw42xaAApl/nxRo+iPGYwSaMQaOwMo2eyH5JBRA+bQ="),
        Vector(
            secret: secret, id: "msg_utf8", timestamp: 1_614_265_330, body: #"{"descripcion":"Café ñandú ✓"}"#,
            signature: "v1,9FDyIDEwfndQ+iEHdb+V2UbZdl01q/HFGlaZdc+8vUY="),
        Vector(
            secret: secret, id: "msg_empty", timestamp: 1_614_265_330, body: "",
            signature: "v1,za1CKH5Eq2VQZ+33R4AiRaBlqULcMRs1lL1rbBuq59U="),
        Vector(
            secret: "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
            id: first.id, timestamp: first.timestamp, body: first.body,
            signature: "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="),
    ]

    @Test("is that of the vectors", arguments: vectors)
    func vector(_ vector: Vector) throws {
        let secret = try #require(SigningSecret(Secret(vector.secret)))
        let made = DeliverySigner.signature(
            of: Array(vector.body.utf8), id: vector.id, timestamp: vector.timestamp, secrets: [secret])
        #expect(made == vector.signature)
    }

    @Test("is made by every live secret, newest first")
    func rotation() throws {
        let secrets = try Self.vectors.prefix(2).map { try #require(SigningSecret(Secret($0.secret))) }
        let made = DeliverySigner.signature(
            of: Array(Self.first.body.utf8), id: Self.first.id, timestamp: Self.first.timestamp, secrets: secrets)
        #expect(made == "\(Self.vectors[0].signature) \(Self.vectors[1].signature)")
    }

    @Test("is refused as a secret when it is empty or of another kind", arguments: ["whsec_", "", "abc", "whpk_AAAA"])
    func badSecret(text: String) {
        #expect(SigningSecret(Secret(text)) == nil)
    }
}

@Suite("DLV 8: a receiver's verifier")
struct WebhookVerifierTests {
    private let vector = DeliverySignerTests.first

    private func verify(
        id: String? = DeliverySignerTests.first.id, timestamp: String? = "1614265330",
        signature: String? = DeliverySignerTests.first.signature, clock: Int64 = 1_614_265_330
    ) throws {
        let now = WallClock { Timestamp(milliseconds: clock * 1000) }
        let verifier = try #require(WebhookVerifier(secret: Secret(vector.secret), clock: now))
        try verifier.verify(
            body: Array(vector.body.utf8), id: id, timestamp: timestamp, signature: signature)
    }

    @Test("accepts the right signature, also third in a list")
    func accepted() throws {
        try verify()
        try verify(signature: "v1,AAAA v2,\(vector.signature.dropFirst(3)) \(vector.signature)")
        try verify(clock: 1_614_265_630)
    }

    @Test("refuses what DLV 8 lists")
    func refused() {
        let last = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="
        #expect(throws: WebhookVerifier.Refusal.noMatchingSignature) { try verify(signature: last) }
        #expect(throws: WebhookVerifier.Refusal.noMatchingSignature) { try verify(signature: "v1,") }
        #expect(throws: WebhookVerifier.Refusal.missingHeader) { try verify(signature: nil) }
        #expect(throws: WebhookVerifier.Refusal.missingHeader) { try verify(timestamp: nil) }
        #expect(throws: WebhookVerifier.Refusal.missingHeader) { try verify(id: nil) }
        let malformed = [
            "hello", "", "-9223372036854775808", "9223372036854775807", "-1614265330", "+1614265330", "1614265330.0",
            " 1614265330", "1000000000000",
        ]
        for timestamp in malformed {
            #expect(throws: WebhookVerifier.Refusal.malformedTimestamp) { try verify(timestamp: timestamp) }
        }
        for clock in [1_614_265_330 + 301, 1_614_265_330 - 301] as [Int64] {
            #expect(throws: WebhookVerifier.Refusal.timestampOutOfTolerance) { try verify(clock: clock) }
        }
    }
}
