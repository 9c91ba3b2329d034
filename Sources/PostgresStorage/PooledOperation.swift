import RecordStorage
import Synchronization

/// Something that waits for a connection, as the pool sees it.
protocol PoolOperation: AnyObject, Sendable {
    /// When it has waited long enough.
    var deadline: ContinuousClock.Instant { get }
    /// Nobody has answered it yet.
    var isOpen: Bool { get }
    /// Answers with an error, unless it has been answered.
    func refuse(_ error: StorageError)
    /// Does it, and answers. `false` when the connection was lost and it may be tried on another one.
    func run(on connection: PostgresConnection) -> Bool
}

/// A read or a commit, from the call to its answer. It is answered once, by whoever comes first: a connection, cancellation, or the pool.
final class PooledOperation<Value: Sendable>: PoolOperation {
    typealias Answer = Result<Value, StorageError>
    typealias Body = @Sendable (PostgresConnection) throws(PostgresFailure) -> Value

    private enum Phase {
        case made
        case waiting(CheckedContinuation<Answer, Never>)
        case begun(CheckedContinuation<Answer, Never>)
        case answered
    }

    let deadline: ContinuousClock.Instant
    /// It changes nothing, so it may be given up while it runs, and tried again.
    private let isRead: Bool
    private let body: Body
    private let phase = Mutex(Phase.made)

    init(isRead: Bool, deadline: ContinuousClock.Instant, _ body: @escaping Body) {
        self.isRead = isRead
        self.deadline = deadline
        self.body = body
    }

    var isOpen: Bool {
        phase.withLock { phase in
            if case .answered = phase { return false }
            return true
        }
    }

    /// Takes whom to answer. `false` when the task was cancelled before: then it is answered already.
    func wait(_ continuation: CheckedContinuation<Answer, Never>) -> Bool {
        let waits = phase.withLock { phase in
            guard case .made = phase else { return false }
            phase = .waiting(continuation)
            return true
        }
        if !waits { continuation.resume(returning: .failure(Self.cancelled)) }
        return waits
    }

    /// Answers with `.cancelled`, unless it is a commit that has begun: that one tells its real outcome.
    func cancel() {
        let continuation: CheckedContinuation<Answer, Never>? = phase.withLock { phase in
            switch phase {
            case .made:
                phase = .answered
                return nil
            case .begun(let continuation) where isRead, .waiting(let continuation):
                phase = .answered
                return continuation
            case .begun, .answered: return nil
            }
        }
        continuation?.resume(returning: .failure(Self.cancelled))
    }

    func refuse(_ error: StorageError) {
        answer(.failure(error))
    }

    func run(on connection: PostgresConnection) -> Bool {
        let begins = phase.withLock { phase in
            switch phase {
            case .waiting(let continuation), .begun(let continuation):
                phase = .begun(continuation)
                return true
            case .made, .answered: return false
            }
        }
        guard begins else { return true }
        let outcome = Result { () throws(PostgresFailure) in try body(connection) }
        if case .failure(.lost) = outcome, isRead, ContinuousClock.now < deadline { return false }
        answer(outcome.mapError { StorageError(postgres: $0) })
        return true
    }

    private func answer(_ answer: Answer) {
        let continuation: CheckedContinuation<Answer, Never>? = phase.withLock { phase in
            switch phase {
            case .waiting(let continuation), .begun(let continuation):
                phase = .answered
                return continuation
            case .made, .answered: return nil
            }
        }
        continuation?.resume(returning: answer)
    }

    private static var cancelled: StorageError {
        StorageError(.cancelled, "The task was cancelled before it had an answer; nothing was written.")
    }
}
