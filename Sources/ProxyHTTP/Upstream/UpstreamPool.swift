import NIOCore
import NIOPosix
import NIOSSL

/// The kept-alive connections of one event loop to the provider, the one used last first.
final class UpstreamPool {
    /// Most connections of one event loop.
    static let limit = 512
    /// Most requests that wait for one; beyond it a caller is told at once.
    static let mostWaiting = 4096
    /// A connection that was not used for so long is closed before the provider does it (its own idle time is longer).
    static let longestIdle = TimeAmount.seconds(30)
    private static let connectTimeout = TimeAmount.seconds(2)
    /// A connection whose handshake takes longer is given up.
    private static let longestOpening = TimeAmount.seconds(5)

    private let address: UpstreamAddress
    private let tls: NIOSSLContext?
    private let eventLoop: any EventLoop
    private var idle: [UpstreamConnection] = []
    private var opening: [UpstreamConnection] = []
    private var count = 0
    private var waiting: CircularBuffer<Borrowing> = []

    /// A request that waits for a connection.
    private struct Borrowing {
        let borrower: FastLaneConnection
        /// Which of the borrower's requests: it may have given up and gone on to another one meanwhile.
        let ticket: Int

        var isCurrent: Bool { borrower.isWaiting(for: ticket) }
    }

    init(address: UpstreamAddress, tls: NIOSSLContext?, eventLoop: any EventLoop) {
        self.address = address
        self.tls = tls
        self.eventLoop = eventLoop
    }

    /// Connections that are open or being opened.
    var connections: Int { count }

    /// Lends a connection to `borrower`, now or later by ``FastLaneConnection/lent(_:)``.
    ///
    /// - Parameters:
    ///   - borrower: Whose request it is for.
    ///   - ticket: Names the request; it is asked for again before anything is lent.
    ///   - fresh: Whether only a connection will do that has carried nothing before.
    /// - Returns: Whether it will be: `false` where too many wait already.
    func borrow(_ borrower: FastLaneConnection, ticket: Int, fresh: Bool = false) -> Bool {
        if !fresh, let connection = idle.popLast() {
            lend(connection, to: borrower)
        } else if count < Self.limit {
            connect(for: Borrowing(borrower: borrower, ticket: ticket))
        } else if waiting.count < Self.mostWaiting {
            waiting.append(Borrowing(borrower: borrower, ticket: ticket))
        } else {
            return false
        }
        return true
    }

    /// Takes a connection back that can carry another request.
    func giveBack(_ connection: UpstreamConnection, at now: NIODeadline) {
        connection.borrower = nil
        connection.idleSince = now
        connection.pause(false)
        while let next = waiting.popFirst() {
            if next.isCurrent { return lend(connection, to: next.borrower) }
        }
        idle.append(connection)
    }

    /// Counts out a connection that has ended.
    func forget(_ connection: UpstreamConnection) {
        count -= 1
        idle.removeAll { $0 === connection }
        opening.removeAll { $0 === connection }
        while count < Self.limit, let next = waiting.popFirst() {
            if next.isCurrent { return connect(for: next) }
        }
    }

    /// Closes what was idle for too long, and what has not come into being for too long.
    func closeIdle(at now: NIODeadline) {
        while let first = idle.first, now - first.idleSince > Self.longestIdle { first.close() }
        while let first = opening.first, now - first.idleSince > Self.longestOpening { first.close() }
    }

    private func lend(_ connection: UpstreamConnection, to borrower: FastLaneConnection) {
        connection.borrower = borrower
        borrower.lent(connection)
    }

    private func connect(for borrowing: Borrowing) {
        count += 1
        let connection = UpstreamConnection(pool: self)
        connection.idleSince = .now()
        opening.append(connection)
        if tls != nil {
            connection.whenReady = { [self, unowned connection] in ready(connection, for: borrowing) }
        }
        let bound = NIOLoopBound((pool: self, connection: connection, borrowing: borrowing), eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { [tls, address] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        let name = address.isNamed ? address.host : nil
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    try pipeline.addHandler(bound.value.connection)
                }
            }
            .connect(host: address.host, port: address.port)
            .whenComplete { result in
                let (pool, connection, borrowing) = bound.value
                switch result {
                case .success where pool.tls == nil: pool.ready(connection, for: borrowing)
                case .success: pool.failIfEnded(connection, borrowing)
                case .failure:
                    connection.close()
                    pool.failIfEnded(connection, borrowing)
                }
            }
        // A handshake that fails ends the connection before it was lent.
        connection.whenFailed = { [self, unowned connection] in failIfEnded(connection, borrowing) }
    }

    private func ready(_ connection: UpstreamConnection, for borrowing: Borrowing) {
        guard connection.isAlive else { return failIfEnded(connection, borrowing) }
        connection.whenFailed = nil
        opening.removeAll { $0 === connection }
        if borrowing.isCurrent {
            lend(connection, to: borrowing.borrower)
        } else {
            giveBack(connection, at: .now())
        }
    }

    private func failIfEnded(_ connection: UpstreamConnection, _ borrowing: Borrowing) {
        guard !connection.isAlive, borrowing.isCurrent else { return }
        borrowing.borrower.couldNotConnect()
    }
}
