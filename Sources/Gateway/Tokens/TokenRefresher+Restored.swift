extension TokenRefresher {
    /// What is to be thought of a pair that came out of a backup: its access token is tried, and where that is dead the
    /// refresh token gets its one deliberate try.
    func review(
        restored id: ConnectionID, ifGeneration generation: Int
    ) async throws(Problem) -> Restore.Outcome {
        let before = try await self.connection(id)
        // Before it is confirmed nothing uses its tokens; it is looked at again.
        guard before.state.isUsable else { return before.state.isActive ? .waiting : .ended }
        let tokens = try await stored(id)
        guard tokens.generation == generation else { return .renewed }
        let access = try await opened(tokens)
        let probed: Probe = clock.now < access.expiresAt ? await probe(access, before) : .refused
        switch probed {
        case .works: return .works
        case .unknown: return .waiting
        case .refused: break
        }
        do throws(Problem) {
            _ = try await renewed(id, ifGeneration: generation, .sweep, isRefused: true)
        } catch {
            guard error.code == .needsRelink || error.code == .refreshUncertain else { throw error }
        }
        let after = try await self.connection(id)
        guard after.state.isUsable else { return .ended }
        if try await stored(id).generation > generation { return .renewed }
        return after.state == .needsRelink ? .needsRelink : .waiting
    }
}
