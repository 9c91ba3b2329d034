import RecordStorage
import Synchronization

/// The operations that wait, and the connections that take them one after another.
final class ConnectionPool: Sendable {
    private struct State {
        var waiting: [any PoolOperation] = []
        /// Last come, first used: what is not needed stays idle.
        var idle: [PooledConnection] = []
        var made = 0
        var busy = 0
        var isClosed = false
        var closing: [CheckedContinuation<Void, Never>] = []
    }

    let settings: PostgresSettings
    let backOff = ReconnectionBackOff()
    private let state = Mutex(State())

    init(settings: PostgresSettings) {
        self.settings = settings
    }

    var isClosed: Bool { state.withLock(\.isClosed) }

    static var closed: StorageError { StorageError(.unavailable, "The store is closed.") }

    /// Reads on the next connection that is free.
    func read<Value: Sendable>(_ body: @escaping PooledOperation<Value>.Body) async throws(StorageError) -> Value {
        try await perform(isRead: true, body)
    }

    /// Writes on the next connection that is free; once it has begun, cancellation comes too late.
    func write<Value: Sendable>(_ body: @escaping PooledOperation<Value>.Body) async throws(StorageError) -> Value {
        try await perform(isRead: false, body)
    }

    private func perform<Value: Sendable>(
        isRead: Bool, _ body: @escaping PooledOperation<Value>.Body
    ) async throws(StorageError) -> Value {
        let operation = PooledOperation(isRead: isRead, deadline: .now + settings.patience, body)
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if operation.wait(continuation) { enqueue(operation) }
            }
        } onCancel: {
            operation.cancel()
        }
        return try answer.get()
    }

    private func enqueue(_ operation: any PoolOperation) {
        let (accepted, wakes): (Bool, PooledConnection?) = state.withLock { state in
            if state.isClosed { return (false, nil) }
            state.waiting.append(operation)
            if let connection = state.idle.popLast() {
                state.busy += 1
                return (true, connection)
            }
            guard state.made < settings.connections else { return (true, nil) }
            state.made += 1
            state.busy += 1
            return (true, PooledConnection(number: state.made))
        }
        guard accepted else { return operation.refuse(Self.closed) }
        wakes?.drain(self)
    }

    /// What a connection shall do next; `nil` when nothing waits.
    func next() -> (any PoolOperation)? {
        state.withLock { state in
            while !state.waiting.isEmpty {
                let operation = state.waiting.removeFirst()
                if operation.isOpen { return operation }
            }
            return nil
        }
    }

    /// Puts an idle connection aside. `false` when something came meanwhile.
    func leave(_ connection: PooledConnection) -> Bool {
        let (left, closing): (Bool, [CheckedContinuation<Void, Never>]) = state.withLock { state in
            guard state.waiting.isEmpty else { return (false, []) }
            state.busy -= 1
            if !state.isClosed { state.idle.append(connection) }
            guard state.isClosed, state.busy == 0 else { return (true, []) }
            defer { state.closing = [] }
            return (true, state.closing)
        }
        for continuation in closing { continuation.resume() }
        return left
    }

    /// Refuses what waits and what comes, and returns when what has begun is done and every connection is closed.
    func close() async {
        let (waiting, idle) = state.withLock { state in
            state.isClosed = true
            defer {
                state.waiting = []
                state.busy += state.idle.count
                state.idle = []
            }
            return (state.waiting, state.idle)
        }
        for operation in waiting { operation.refuse(Self.closed) }
        for connection in idle { connection.drain(self) }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.busy > 0 { state.closing.append(continuation) }
                return state.busy == 0
            }
            if isDone { continuation.resume() }
        }
    }
}

/// When the next attempt to connect may be made: 20 ms after a failure, doubled with each to a second, for the whole pool.
final class ReconnectionBackOff: Sendable {
    private struct State {
        var failures = 0
        var notBefore = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// Whether an attempt may be made now. While the server is away, one at a time goes and looks.
    func admits() -> Bool {
        state.withLock { state in
            guard state.failures > 0 else { return true }
            guard ContinuousClock.now >= state.notBefore else { return false }
            state.notBefore = .now + .seconds(1)
            return true
        }
    }

    func succeeded() {
        state.withLock { $0.failures = 0 }
    }

    func failed() {
        state.withLock { state in
            state.notBefore = .now + min(.milliseconds(20 << min(state.failures, 6)), .seconds(1))
            state.failures += 1
        }
    }
}
