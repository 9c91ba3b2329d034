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
    let patience = AnswerPatience()
    let loop: ReadinessLoop
    private let state = Mutex(State())

    /// `nil` when this process may open no more files.
    init?(settings: PostgresSettings) {
        guard let loop = ReadinessLoop(silence: settings.silence) else { return nil }
        self.settings = settings
        self.loop = loop
        loop.start()
    }

    deinit { loop.stop() }

    var isClosed: Bool { state.withLock(\.isClosed) }

    static var closed: StorageError { StorageError(.unavailable, "The store is closed.") }

    /// Runs one statement on the next connection that is free. A commit that has begun is not cancelled any more.
    func run(_ exchange: Exchange) async throws(StorageError) -> QueryResult {
        try await perform(PooledOperation(exchange, deadline: .now + settings.patience))
    }

    /// Writes on the next connection that is free; once it has begun, cancellation comes too late.
    func write<Value: Sendable>(_ body: @escaping PooledOperation<Value>.Body) async throws(StorageError) -> Value {
        try await perform(PooledOperation(deadline: .now + settings.patience, body))
    }

    private func perform<Value: Sendable>(_ operation: PooledOperation<Value>) async throws(StorageError) -> Value {
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
        let (accepted, connection, isAlone): (Bool, PooledConnection?, Bool) = state.withLock { state in
            if state.isClosed { return (false, nil, false) }
            if let connection = state.idle.popLast() {
                state.busy += 1
                return (true, connection, state.busy == 1)
            }
            guard state.made < settings.connections else {
                state.waiting.append(operation)
                return (true, nil, false)
            }
            state.made += 1
            state.busy += 1
            return (true, PooledConnection(number: state.made), false)
        }
        guard accepted else { return operation.refuse(Self.closed) }
        connection?.serve(operation, of: self, isAlone: isAlone)
    }

    /// What a connection shall do next; `nil` when nothing waits. What has waited for too long is refused.
    func next() -> (any PoolOperation)? {
        while true {
            let first: (any PoolOperation)? = state.withLock { state in
                while !state.waiting.isEmpty {
                    let operation = state.waiting.removeFirst()
                    if operation.isOpen { return operation }
                }
                return nil
            }
            guard let first, first.deadline < .now else { return first }
            first.refuse(StorageError(.unavailable, "All connections to PostgreSQL were busy for too long; nothing was written."))
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
        for connection in idle { connection.close(self) }
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

/// Whether it is worth staying for an answer instead of waiting suspended.
///
/// Where the server is near and does not wait for a disk, it is. Where it was not, it is tried again now and then: after 2, 4, … 64 answers.
final class AnswerPatience: Sendable {
    private struct State {
        var disappointments = 0
        var pause = 0
    }

    private let state = Mutex(State())

    func stays() -> Bool {
        state.withLock { state in
            guard state.pause > 0 else { return true }
            state.pause -= 1
            return false
        }
    }

    func was(rewarded: Bool) {
        state.withLock { state in
            state.disappointments = rewarded ? 0 : min(state.disappointments + 1, 6)
            state.pause = rewarded ? 0 : 1 << state.disappointments
        }
    }
}
