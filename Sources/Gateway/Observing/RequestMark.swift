public import Logging

/// The id of the request that is being answered, for every line that is logged on its way.
public enum RequestMark {
    /// The id; `nil` where no request is being answered.
    ///
    /// What several requests share carries the first one's.
    @TaskLocal public static var current: String?

    /// Puts it under ``LogKey/request`` of a line; given to the process's logging once.
    public static let provider = Logger.MetadataProvider {
        current.map { [LogKey.request.rawValue: .string($0)] } ?? [:]
    }
}
