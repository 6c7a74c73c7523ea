import Gateway

/// The pages in English.
struct EnglishCopy: PageCopy {
    let languageTag = "en"
    let languageName = "English"
    let languagesLabel = "Language"
    let footer = "Secure linking by"
    let testMode = "Test mode"
    func ask(_ brand: String) -> String { "Questions? Ask \(brand):" }
    let askSender = "Questions? Ask whoever sent you this link."
    func reference(_ request: String) -> String { "Reference: \(request)" }

    func country(_ site: SiteID) -> String {
        switch site.description {
        case "MLA": "Argentina"
        case "MLB": "Brazil"
        case "MLC": "Chile"
        case "MCO": "Colombia"
        case "MLM": "Mexico"
        case "MPE": "Peru"
        case "MLU": "Uruguay"
        default: site.description
        }
    }

    func moment(_ moment: LocalMoment) -> String {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        return "\(moment.day) \(months[moment.month - 1]) \(moment.year) at \(moment.time) (\(moment.zone))"
    }

    func inviteTitle(_ brand: String) -> String { "Link your Mercado Pago account to \(brand)" }
    func inviteLead(_ brand: String, shop: String) -> String {
        "\(brand) asks for your permission to charge with the Point terminals of \(shop)."
    }
    func canHeading(_ brand: String) -> String { "What \(brand) will be able to do" }
    let can = [
        "See and set up your Point terminals, stores and tills.",
        "Send charges to your terminals and cancel them.",
        "See your charges and their state, and refund them.",
        "See your account’s data, such as name and e-mail.",
    ]
    let cannotHeading = "What it won’t be able to do"
    let cannot = [
        "Withdraw or transfer your money.",
        "See your password: you type it at Mercado Pago only.",
    ]
    let ownerHeading = "Log in as the account owner"
    let ownerText = "A collaborator’s login doesn’t work: Mercado Pago may show an error and not bring you back."
    let inviteButton = "Continue to Mercado Pago"
    func inviteExpires(_ moment: String) -> String { "This link expires on \(moment)." }

    let onwardTitle = "Taking you to Mercado Pago"
    func onwardText(_ brand: String) -> String {
        "Log in as the account owner and authorize \(brand). You will come back here afterwards. "
            + "If the page doesn’t change by itself, use the button."
    }
    let onwardButton = "Go to Mercado Pago"
    let onwardHint = "If Mercado Pago shows an error, open the link again and log in as the account owner."

    let linkedTitle = "Done! Your account is linked"
    func linkedLead(_ brand: String) -> String { "\(brand) can now charge with this account’s Point terminals." }
    let awaitingTitle = "One confirmation is left"
    func awaitingLead(_ brand: String) -> String {
        "The account was linked. \(brand) has to confirm that it is this shop’s; until then nobody can charge with it."
    }
    func progressAwaiting(_ brand: String) -> String {
        "There is nothing left for you to do. If \(brand) doesn’t confirm it within 7 days, the link is undone by "
            + "itself. You can close this page."
    }
    let accountLabel = "Mercado Pago account"
    func shopLabel(_ brand: String) -> String { "Shop at \(brand)" }
    let question = "Are this account and this shop yours?"
    func undoText(_ brand: String) -> String {
        "If something is wrong, undo the linking now and \(brand) loses access. "
            + "You can do it here for a few minutes; after that, ask \(brand)."
    }
    let undoButton = "Something is wrong: undo"
    let progressConfiguring = "We are finishing the set-up. You can close this page."
    let progressLinked = "The set-up is complete. You can close this page."
    func progressFailed(_ brand: String) -> String {
        "One technical step is left for \(brand); there is nothing for you to do. You can close this page."
    }
    let stepsHeading = "To start charging"
    func steps(_ brand: String) -> [String] {
        [
            "Switch the terminal on and pair it with this account in the Mercado Pago app, by QR code.",
            "Assign it to a store and a till.",
            "Set the terminal to integrated (PDV) mode in \(brand).",
            "Restart the terminal.",
        ]
    }
    func unlink(_ brand: String) -> String {
        "To take the permission back later: in Mercado Pago, Security → Connected apps; or ask \(brand)."
    }
    let removeAtProvider =
        "The permission stays listed at Mercado Pago until the shop removes it: Security → Connected apps."

    let working = NoticeText(
        "One moment…", "We are waiting for Mercado Pago’s answer. This page refreshes by itself.",
        "Did you close Mercado Pago, or did it show an error? Start over and log in as the account owner.")
    let denied = NoticeText(
        "The linking wasn’t authorized", "Nothing was changed. You can try again whenever you want.")
    func accountMismatch(_ brand: String, shop: String) -> NoticeText {
        NoticeText(
            "This isn’t the expected account",
            "The account you logged in with isn’t the one that \(brand) has for \(shop). Nothing was changed.",
            "Log out of Mercado Pago in this browser and try again with the right account. "
                + "If you want to change accounts, tell \(brand) first.")
    }
    func accountTaken(_ brand: String) -> NoticeText {
        NoticeText(
            "The account is already linked to another shop",
            "The account you logged in with already charges for another shop at \(brand). Nothing was changed.",
            "Try again with another account, or ask \(brand) to release this one.")
    }
    func unsupportedSite(_ brand: String, country: String) -> NoticeText {
        NoticeText(
            "The account is from another country",
            "This link is for Mercado Pago accounts of this country: \(country). Nothing was changed.",
            "Try again with an account of that country, or ask \(brand) for a link for yours.")
    }
    let providerTrouble = NoticeText(
        "Mercado Pago didn’t answer well", "No account was linked and nothing was lost.",
        "Try again in a few minutes.")
    func undone(_ brand: String) -> NoticeText {
        NoticeText(
            "The linking was undone", "\(brand) has no access to the account any more.",
            "To link another account, ask \(brand) for a new link.")
    }
    func linkExpired(_ brand: String) -> NoticeText {
        NoticeText(
            "This link has expired", "For your safety, a link works for a limited time.",
            "Ask \(brand) for a new link.")
    }
    func linkUsed(_ brand: String) -> NoticeText {
        NoticeText(
            "This link was already used", "If it was you who linked the account, there is nothing left to do.",
            "If it wasn’t you, tell \(brand). To link another account, ask for a new link.")
    }
    func linkRevoked(_ brand: String) -> NoticeText {
        NoticeText(
            "This link was canceled", "It can’t be used any more and changes nothing in your account.",
            "Ask \(brand) for a new link.")
    }
    func sellerDisabled(_ brand: String, shop: String) -> NoticeText {
        NoticeText(
            "This shop is paused",
            "\(brand) has paused \(shop), so no account can be linked for now. Nothing was changed.",
            "Talk to \(brand). Once the shop is active again, this same link works until it expires.")
    }
    let linkUnknown = NoticeText(
        "We can’t find this link", "It may be incomplete.",
        "Open it again from the message you got it in, or ask for a new one.")
    let otherBrowser = NoticeText(
        "Continue in the browser you started in",
        "The authorization was started in another browser, or more than ten minutes ago. For your safety we "
            + "didn’t use it: nothing was changed.",
        "Open the link you got again and finish in that same browser.")
    let staleAuthorization = NoticeText(
        "This authorization is no longer valid",
        "Too much time has passed, it was used already, or it doesn’t belong to this link. Nothing was changed.",
        "Open the link you got again.")
    let nothingHere = NoticeText(
        "Open the link again", "There is no recent linking by this link in this browser.",
        "Open it to start, or to see whether it was used already.")
    let foreignForm = NoticeText(
        "We couldn’t continue", "For your safety, this step works from our own page only.",
        "Open the link you got again and use the button.")
    let temporaryTrouble = NoticeText(
        "There is a temporary problem", "The service or Mercado Pago didn’t answer. Nothing was lost.",
        "Try again in a few minutes.")

    let tryAgain = "Try again"
    let startOver = "Start over"
    let openLink = "Open the link"
    let seeResult = "See the result"
    func back(_ brand: String) -> String { "Back to \(brand)" }
}
