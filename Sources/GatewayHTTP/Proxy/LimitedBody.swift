import Gateway
import NIOCore

/// A request's body that is refused once it is longer than allowed.
struct LimitedBody<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == ByteBuffer {
    typealias Element = ByteBuffer

    private let base: Base
    private let limit: Int

    init(_ base: Base, limit: Int) {
        self.base = base
        self.limit = limit
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator
        var left: Int

        mutating func next(isolation actor: isolated (any _Concurrency.Actor)?) async throws -> ByteBuffer? {
            guard let part = try await base.next(isolation: actor) else { return nil }
            left -= part.readableBytes
            guard left >= 0 else { throw BodyTooLarge() }
            return part
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), left: limit)
    }
}

/// A body turned out longer than allowed while it was streamed.
struct BodyTooLarge: Error {
    var problem: Problem { Problem(.bodyTooLarge, "Send at most 1 MiB.") }
}
