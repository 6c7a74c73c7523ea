import Gateway
import Testing

@testable import GatewayHTTP

@Suite("The document's closed sets")
struct ClosedSetTests {
    /// Where an enumeration stands in the document, and what the product has there.
    struct ClosedSet: Sendable, CustomTestStringConvertible {
        let place: [String]
        let values: [String]

        var testDescription: String { place.joined(separator: ".") }

        init<Value: RawRepresentable<String> & CaseIterable>(
            _ place: String..., of type: Value.Type, more: [String] = []
        ) {
            self.place = place
            values = type.allCases.map(\.rawValue) + more
        }
    }

    static let sets = [
        ClosedSet("ProblemCode", of: Problem.Code.self),
        ClosedSet("Scope", of: Scope.self),
        ClosedSet("Mode", of: Mode.self),
        ClosedSet("Locale", of: PageLocale.self),
        ClosedSet("PKCE", of: Gateway.Application.PKCEUse.self),
        ClosedSet("Confirming", of: Gateway.Application.Confirming.self),
        ClosedSet("OwnEventType", of: NoticeType.self),
        ClosedSet("RevocationParty", of: Revocation.Party.self),
        ClosedSet("RevocationReason", of: Revocation.Reason.self),
        ClosedSet("SecretKind", of: ApplicationSecret.Kind.self),
        ClosedSet("SellerState", of: Seller.State.self),
        ClosedSet("Link", "properties", "state", of: OnboardingLink.State.self),
        ClosedSet("QRForm", of: QRForm.self),
        ClosedSet("Connection", "properties", "kind", of: Connection.Kind.self),
        ClosedSet("Connection", "properties", "state", of: Connection.State.self),
        ClosedSet("Connection", "properties", "reason", of: Connection.RelinkReason.self),
        ClosedSet("Connection", "properties", "webhook_state", of: Connection.WebhookState.self),
        ClosedSet("Import", "properties", "outcome", of: GrantImports.Outcome.self),
        ClosedSet("ReadinessStep", "properties", "step", of: Readiness.Step.self),
        ClosedSet("ReadinessStep", "properties", "state", of: Readiness.State.self),
        ClosedSet("ReadinessStep", "properties", "reason", of: Readiness.Reason.self),
        ClosedSet("Terminal", "properties", "operating_mode", of: Terminal.Mode.self),
        ClosedSet("Endpoint", "properties", "state", of: Endpoint.State.self),
        ClosedSet("EventState", of: Event.State.self),
        ClosedSet("Proof", of: Proof.self),
        ClosedSet("Failure", of: AttemptFailure.self),
        ClosedSet("Delivery", "properties", "state", of: Delivery.State.self, more: ["held"]),
        ClosedSet("CheckName", of: Finding.Check.self),
        ClosedSet("CheckResult", of: Finding.Result.self),
        ClosedSet("PanelField", of: PanelEntry.Field.self),
        ClosedSet("AuditAction", of: AuditAction.self),
        ClosedSet("Backup", "properties", "reason", of: Backup.Reason.self),
        ClosedSet("RestoreOutcome", of: Restore.Outcome.self),
        ClosedSet("AuditVerdict", "properties", "fault", of: AuditVerdict.Fault.self),
    ]

    @Test("are the product's, no more and no less", arguments: sets)
    func same(set: ClosedSet) throws {
        let document = try OpenAPIDocument.read()
        let schema = set.place.reduce(document.root["components"]["schemas"]) { $0[$1] }
        #expect(Set(schema["enum"].strings) == Set(set.values))
        #expect(schema["enum"].strings.count == set.values.count)
    }
}
