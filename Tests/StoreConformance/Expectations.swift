import Gateway

/// A promise of the stores that one of them broke, with the place that noticed it.
public struct BrokenPromise: Error, CustomStringConvertible {
    /// What was seen and what was promised, and where.
    public let description: String

    init(_ what: String, _ file: StaticString, _ line: Int) {
        description = "\(what) (\(file):\(line))"
    }
}

/// Holds a claim to be true.
///
/// - Throws: ``BrokenPromise``.
func expect(_ claim: Bool, _ what: String, file: StaticString = #fileID, line: Int = #line) throws(BrokenPromise) {
    guard claim else { throw BrokenPromise(what, file, line) }
}

/// Holds a value to be the promised one.
///
/// - Throws: ``BrokenPromise`` naming both.
func expect<Value: Equatable>(
    _ seen: Value, is promised: Value, file: StaticString = #fileID, line: Int = #line
) throws(BrokenPromise) {
    guard seen == promised else { throw BrokenPromise("\(seen) is not the promised \(promised)", file, line) }
}

/// The value that must be there.
///
/// - Throws: ``BrokenPromise`` when it is not.
func require<Value>(
    _ value: Value?, _ what: String = "nothing was found", file: StaticString = #fileID, line: Int = #line
) throws(BrokenPromise) -> Value {
    guard let value else { throw BrokenPromise(what, file, line) }
    return value
}

/// Holds a call to be refused with exactly this error.
///
/// - Throws: ``BrokenPromise`` when it succeeds or is refused otherwise.
func expectRefusal(
    _ promised: StoreError, file: StaticString = #fileID, line: Int = #line, _ call: () async throws -> Void
) async throws(BrokenPromise) {
    do {
        try await call()
    } catch {
        guard error as? StoreError == promised else {
            throw BrokenPromise("refused with \(error) instead of \(promised)", file, line)
        }
        return
    }
    throw BrokenPromise("not refused, but \(promised) was promised", file, line)
}

/// Calls a number of times at once and answers what each call brought, in no order.
func atOnce<Value: Sendable>(
    _ count: Int, _ call: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for index in 0..<count { group.addTask { try await call(index) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}

/// Whether a call succeeds; `false` when it is refused with exactly this error.
///
/// - Throws: whatever else it is refused with.
func succeeds(
    unless refusal: StoreError, _ call: @Sendable () async throws(StoreError) -> Void
) async throws(StoreError) -> Bool {
    do {
        try await call()
        return true
    } catch {
        guard error == refusal else { throw error }
        return false
    }
}
