/// A country's marketplace as the upstream names it.
///
/// Source: reference §5.
enum Site: String, Sendable, CaseIterable {
    case argentina = "MLA"
    case brazil = "MLB"
    case mexico = "MLM"
    case chile = "MLC"
    case colombia = "MCO"
    case peru = "MPE"
    case uruguay = "MLU"

    /// Two letters of ISO 3166.
    var country: String {
        switch self {
        case .argentina: "AR"
        case .brazil: "BR"
        case .mexico: "MX"
        case .chile: "CL"
        case .colombia: "CO"
        case .peru: "PE"
        case .uruguay: "UY"
        }
    }

    /// Three letters of ISO 4217.
    var currency: String {
        switch self {
        case .argentina: "ARS"
        case .brazil: "BRL"
        case .mexico: "MXN"
        case .chile: "CLP"
        case .colombia: "COP"
        case .peru: "PEN"
        case .uruguay: "UYU"
        }
    }

    /// Allowed amounts of a payment intent in minor units; nil where the Integrations API isn't offered.
    var intentAmounts: ClosedRange<Int64>? {
        switch self {
        case .argentina: 500...400_000_000
        case .brazil: 100...7_000_000
        case .mexico: 500...35_000_000
        case .chile, .colombia, .peru, .uruguay: nil
        }
    }
}
