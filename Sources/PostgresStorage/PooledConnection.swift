import Dispatch
import RecordStorage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A place for one connection. It connects when it is needed, and again when the connection is lost.
///
/// One prepared statement is sent by whoever brings it, since that never waits, and its answer is read where the loop finds it. What waits by itself
/// (to connect, to prepare a statement, to run a transaction of many messages) does so on a queue of the connection's own.
// @unchecked: it belongs to one thread at a time. The pool's lock gives it to whoever serves an operation; from there it goes on to the loop (by
// the loop's lock) or to `queue`, and in the end back to the pool.
final class PooledConnection: ReadinessWaiter, @unchecked Sendable {
    private let queue: DispatchQueue
    private var connection: PostgresConnection?
    private var current: Current?

    private struct Current {
        let operation: any PoolOperation
        let pool: ConnectionPool
    }

    init(number: Int) {
        // Serial queues without a target each get a thread while they work, beside the ones that Swift's tasks share.
        queue = DispatchQueue(label: "PostgresRecordStore.\(number)")
    }

    /// Does the operation, and then what waits in the pool until nothing does.
    ///
    /// - Parameter isAlone: nothing else is under way, so that its answer may be worth staying for.
    func serve(_ operation: any PoolOperation, of pool: ConnectionPool, isAlone: Bool = false) {
        guard let exchange = operation.exchange, let connection, connection.isUsable(), connection.knows(exchange.statement) else {
            return queue.async { [self] in serveWaiting(operation, of: pool) }
        }
        send(exchange, of: operation, on: connection, pool, isAlone: isAlone)
    }

    /// Goes away, once the pool is closed.
    func close(_ pool: ConnectionPool) {
        queue.async { [self] in moveOn(pool) }
    }

    private func moveOn(_ pool: ConnectionPool) {
        repeat {
            if let operation = pool.next() { return serve(operation, of: pool) }
            if pool.isClosed { connection = nil }
        } while !pool.leave(self)
    }

    // MARK: One statement

    private func send(
        _ exchange: Exchange, of operation: any PoolOperation, on connection: PostgresConnection, _ pool: ConnectionPool, isAlone: Bool
    ) {
        guard operation.begin() else { return moveOn(pool) }
        current = Current(operation: operation, pool: pool)
        do throws(PostgresFailure) {
            try connection.begin(exchange)
            if isAlone, let result = try stay(on: connection, pool) { return finish(.success(result)) }
        } catch {
            return finish(.failure(error))
        }
        pool.loop.wait(for: connection.socket, writes: connection.hasToWrite, self)
    }

    /// The longest that a thread of Swift's tasks stays for an answer.
    private static let stay: Duration = .microseconds(50)

    /// The answer, if it comes within some microseconds: less than two changes of threads take.
    private func stay(on connection: PostgresConnection, _ pool: ConnectionPool) throws(PostgresFailure) -> QueryResult? {
        guard pool.patience.stays() else { return nil }
        let end = ContinuousClock.now + Self.stay
        repeat {
            // The server may need this processor.
            sched_yield()
            if let result = try connection.advance() {
                pool.patience.was(rewarded: true)
                return result
            }
        } while ContinuousClock.now < end
        pool.patience.was(rewarded: false)
        return nil
    }

    func becameReady() {
        guard let current, let connection else { return }
        do throws(PostgresFailure) {
            if let result = try connection.advance() { return finish(.success(result)) }
        } catch {
            return finish(.failure(error))
        }
        current.pool.loop.wait(for: connection.socket, writes: connection.hasToWrite, self)
    }

    func timedOut() {
        guard let connection else { return }
        finish(.failure(connection.giveUp()))
    }

    private func finish(_ outcome: Result<QueryResult, PostgresFailure>) {
        guard let current else { return }
        self.current = nil
        if connection?.isLost == true { connection = nil }
        if current.operation.isTriedAgain(after: outcome) {
            return queue.async { [self] in serveWaiting(current.operation, of: current.pool) }
        }
        // First the next one: whoever gets this answer shall find the connection free.
        moveOn(current.pool)
        current.operation.complete(outcome)
    }

    // MARK: What waits, on the queue

    private func serveWaiting(_ operation: any PoolOperation, of pool: ConnectionPool) {
        while let connection = ready(for: operation, of: pool) {
            guard let exchange = operation.exchange else {
                operation.run(on: connection)
                break
            }
            do throws(PostgresFailure) {
                try connection.prepare(exchange.statement)
                return send(exchange, of: operation, on: connection, pool, isAlone: false)
            } catch {
                // Nothing has begun: where the connection was lost, the next one is tried.
                if case .lost = error { continue }
                operation.refuse(StorageError(postgres: error))
            }
        }
        if connection?.isLost == true { connection = nil }
        moveOn(pool)
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
