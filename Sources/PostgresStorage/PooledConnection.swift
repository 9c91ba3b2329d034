import Dispatch
import RecordStorage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A place for one connection, with a queue of its own to wait on. It connects when it is needed, and again when the connection is lost.
// @unchecked: `connection` is touched on `queue` alone, which runs one block at a time.
final class PooledConnection: @unchecked Sendable {
    private let queue: DispatchQueue
    private var connection: PostgresConnection?

    init(number: Int) {
        // Serial queues without a target each get a thread while they work, beside the ones that Swift's tasks share.
        queue = DispatchQueue(label: "PostgresRecordStore.\(number)")
    }

    /// Does what waits in the pool until nothing does.
    func drain(_ pool: ConnectionPool) {
        queue.async { [self] in
            repeat {
                while let operation = pool.next() { serve(operation, of: pool) }
                if pool.isClosed { connection = nil }
            } while !pool.leave(self)
        }
    }

    private func serve(_ operation: any PoolOperation, of pool: ConnectionPool) {
        while let connection = ready(for: operation, of: pool) {
            if operation.run(on: connection) { break }
        }
        if connection?.isLost == true { connection = nil }
    }

    /// A connection that works, as far as can be told; `nil` when the operation has its answer: there is none, or nobody waits any more.
    private func ready(for operation: any PoolOperation, of pool: ConnectionPool) -> PostgresConnection? {
        var failure = PostgresFailure.lost(mayHaveCommitted: false)
        while operation.isOpen {
            if let connection, connection.isUsable() { return connection }
            connection = nil
            if pool.isClosed {
                operation.refuse(ConnectionPool.closed)
            } else if pool.backOff.admits() {
                do {
                    connection = try PostgresConnection.open(pool.settings)
                    pool.backOff.succeeded()
                } catch {
                    failure = error
                    pool.backOff.failed()
                    if error.isLasting { operation.refuse(StorageError(postgres: error)) }
                }
            } else if ContinuousClock.now < operation.deadline {
                poll(nil, 0, 5)
            }
            if connection == nil, ContinuousClock.now >= operation.deadline { operation.refuse(StorageError(postgres: failure)) }
        }
        return nil
    }
}

extension PostgresFailure {
    /// A connection that was refused so is refused tomorrow too: user, password, or no such database.
    fileprivate var isLasting: Bool {
        guard case .refused(let state) = self else { return false }
        return state.hasPrefix("28") || state == "3D000" || state == "42501"
    }
}
