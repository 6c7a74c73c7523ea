/// Tells the windows in which chat and social programs show links from browsers.
///
/// Such a window has cookies of its own and may go when its program does, so that a linking that starts there is easily
/// lost; Mercado Pago's login may refuse to work in it. What opens links for a preview only is none.
enum InAppBrowser {
    /// What these programs add to the `User-Agent` of the system's web view.
    private static let marks = [
        "Instagram", "FBAN/", "FBAV/", "FB_IAB/", "WhatsApp/", "musical_ly", "BytedanceWebview", "Line/", "LinkedInApp",
    ]

    /// Whether a `User-Agent` is of such a window.
    static func isOne(_ userAgent: String?) -> Bool {
        guard let userAgent, userAgent.hasPrefix("Mozilla/") else { return false }
        return marks.contains { userAgent.contains($0) }
    }
}
