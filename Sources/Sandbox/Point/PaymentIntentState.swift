/// The life of a payment intent.
///
/// Source: reference §2.6.
enum PaymentIntentState: String, Sendable, CaseIterable {
    case open = "OPEN"
    case onTerminal = "ON_TERMINAL"
    case processing = "PROCESSING"
    case processed = "PROCESSED"
    case finished = "FINISHED"
    case canceled = "CANCELED"
    case error = "ERROR"
    case confirmationRequired = "CONFIRMATION_REQUIRED"
    case abandoned = "ABANDONED"

    /// Something that happens to an intent.
    enum Event: Sendable, CaseIterable {
        case pulled
        case canceledByCaller
        case canceledOnTerminal
        case started
        case processed
        case finished
        case outcomeUnknown
        case failed
        case abandoned
    }

    /// Whether nothing follows.
    var isFinal: Bool {
        switch self {
        case .open, .onTerminal, .processing, .processed: false
        case .finished, .canceled, .error, .confirmationRequired, .abandoned: true
        }
    }

    /// The state after an event; nil when the event can't happen here.
    func after(_ event: Event) -> PaymentIntentState? {
        switch (self, event) {
        case (.open, .pulled): .onTerminal
        case (.open, .canceledByCaller), (.onTerminal, .canceledOnTerminal): .canceled
        case (.onTerminal, .started): .processing
        case (.processing, .processed): .processed
        case (.processed, .finished): .finished
        case (.processing, .outcomeUnknown), (.processed, .outcomeUnknown): .confirmationRequired
        case (.open, .abandoned), (.onTerminal, .abandoned): .abandoned
        case (_, .failed) where !isFinal: .error
        default: nil
        }
    }
}
