import Gateway

/// A moment by the clock of a country, to be put into words.
struct LocalMoment {
    /// The year, such as `2026`.
    let year: String
    /// 1 to 12.
    let month: Int
    /// 1 to 31.
    let day: Int
    /// Hour and minute, `21:05`.
    let time: String
    /// The distance from UTC, `GMT-3`.
    let zone: String

    /// Turns the clock to the country's standard time; for a country that is not known here it stays UTC.
    ///
    /// The zone is always said with it, so that where a country has summer time or more than one zone the text is true
    /// all the same.
    init(_ moment: Timestamp, in site: SiteID) {
        let hours = Self.hoursFromUTC[site.description] ?? 0
        // `2026-11-24T02:07:32.000Z`
        let text = (moment + .seconds(hours * 3600)).description
        year = String(text.prefix(4))
        month = Int(text.dropFirst(5).prefix(2)) ?? 1
        day = Int(text.dropFirst(8).prefix(2)) ?? 1
        time = String(text.dropFirst(11).prefix(5))
        zone = hours == 0 ? "GMT" : "GMT\(hours)"
    }

    private static let hoursFromUTC = ["MLA": -3, "MLB": -3, "MLC": -4, "MCO": -5, "MLM": -6, "MPE": -5, "MLU": -3]
}
