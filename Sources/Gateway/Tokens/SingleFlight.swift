/// Lets callers that want the same thing at the same time share one run of the work.
///
/// The work is a task of its own: a caller that goes away cancels nothing (known failure B1.7), and ``drain()`` lets
/// a shutdown wait for what is under way.
actor SingleFlight<Key: Hashable & Sendable, Value: Sendable> {
    private var underWay: [Key: Task<Result<Value, Problem>, Never>] = [:]

    /// Joins the run for `key`, or starts one.
    func run(
        _ key: Key, _ work: @escaping @Sendable () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let task = underWay[key] ?? start(key, work)
        return try await task.value.get()
    }

    /// Waits until nothing is under way.
    func drain() async {
        while let task = underWay.values.first { _ = await task.value }
    }

    private func start(
        _ key: Key, _ work: @escaping @Sendable () async throws(Problem) -> Value
    ) -> Task<Result<Value, Problem>, Never> {
        // The one unstructured task of the core: its life must not hang on the caller that happened to come first.
        let task = Task {
            let result: Result<Value, Problem>
            do throws(Problem) { result = .success(try await work()) } catch { result = .failure(error) }
            underWay[key] = nil
            return result
        }
        underWay[key] = task
        return task
    }
}
