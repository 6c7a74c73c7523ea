/// The types of the events that Enlace itself tells; what notifications bring comes beside them.
public enum NoticeType: String, Sendable, CaseIterable {
    case sellerLinkOpened = "seller.link_opened"
    case sellerLinkRequested = "seller.link_requested"
    case sellerLinkFailed = "seller.link_failed"
    case sellerAwaitingConfirmation = "seller.awaiting_confirmation"
    case sellerLinked = "seller.linked"
    case sellerRelinked = "seller.relinked"
    case sellerNotRefreshable = "seller.not_refreshable"
    case sellerExpiring = "seller.expiring"
    case sellerNeedsRelink = "seller.needs_relink"
    case sellerRepaired = "seller.repaired"
    case sellerRevoked = "seller.revoked"
    case sellerErased = "seller.erased"
    case applicationCredentialsFailing = "application.credentials_failing"
    case endpointTest = "endpoint.test"
    case endpointDisabled = "endpoint.disabled"
}
