extension TokenRefresher {
    /// The newest pair of a connection.
    func stored(_ connection: ConnectionID) async throws(Problem) -> StoredTokens {
        let tokens: StoredTokens?
        do { tokens = try await store.tokens(of: connection) } catch { throw Problem(error) }
        guard let tokens else {
            throw Problem(
                .sellerNotLinked, "The connection holds no tokens.", extra: ["connection": connection.description])
        }
        // What came and the database has not taken yet is what counts at the provider.
        if let newer = waiting.pair(of: connection), newer.generation > tokens.generation { return newer }
        return tokens
    }

    func connection(_ id: ConnectionID) async throws(Problem) -> Connection {
        let connection: Connection?
        do { connection = try await store.connection(id) } catch { throw Problem(error) }
        guard let connection else { throw Problem(.connectionNotFound, "There is no such connection.") }
        return connection
    }

    /// The post of this generation that nobody knows the end of, or `nil`.
    func unfinished(_ tokens: StoredTokens) async throws(Problem) -> RefreshEntry? {
        do {
            return try await store.unfinishedRefresh(of: tokens.connection, generation: tokens.generation)
        } catch {
            throw Problem(error)
        }
    }

    /// The access token of a pair, opened.
    func opened(_ tokens: StoredTokens) async throws(Problem) -> AccessToken {
        let connection = try await connection(tokens.connection)
        guard !directory.isQuarantined(connection.seller) else { throw .sellerQuarantined }
        let value = try await open(tokens.access, .accessToken, connection.id, connection.seller).text
        return AccessToken(value: value, generation: tokens.generation, expiresAt: tokens.expiresAt)
    }

    func open(
        _ sealed: SealedSecret, _ purpose: SealPurpose, _ connection: ConnectionID, _ seller: SellerID
    ) async throws(Problem) -> Secret<[UInt8]> {
        do {
            return try await vault.open(sealed, purpose, row: connection.ulid, owner: .seller(seller))
        } catch {
            throw Problem(error)
        }
    }

    func sealer(for seller: SellerID) async throws(Problem) -> Sealer {
        do { return try await vault.sealer(for: .seller(seller)) } catch { throw Problem(error) }
    }

    /// A connection's new pair, sealed.
    ///
    /// RFC 6749 §6: an answer without a refresh token leaves the old one in force.
    func sealed(
        _ grant: TokenGrant, of connection: Connection, after old: StoredTokens, by sealer: Sealer
    ) throws(Problem) -> StoredTokens {
        do throws(VaultError) {
            let row = connection.id.ulid
            let now = clock.now
            let refresh = try grant.refresh.map { value throws(VaultError) in
                try sealer.seal(value, .refreshToken, row: row)
            }
            return StoredTokens(
                connection: connection.id, generation: old.generation + 1,
                access: try sealer.seal(grant.access, .accessToken, row: row), refresh: refresh ?? old.refresh,
                issuedAt: now, expiresAt: now + grant.lifetime)
        } catch {
            throw Problem(error)
        }
    }
}
