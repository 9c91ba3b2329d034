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
    /// The one statement it is; `nil` when it is more, and waits on the connection by itself.
    var exchange: Exchange? { get }
    /// Takes notice that it is sent now. `false` when it has been answered before.
    func begin() -> Bool
    /// Whether this outcome is no answer yet: the connection was lost, and another one may be tried.
    func isTriedAgain(after outcome: Result<QueryResult, PostgresFailure>) -> Bool
    /// Answers with the outcome of its statement.
    func complete(_ outcome: Result<QueryResult, PostgresFailure>)
    /// Does it, and answers.
    func run(on connection: PostgresConnection)
}

/// A prepared statement and its arguments.
struct Exchange: Sendable {
    let statement: RecordStatement
    let parameters: StatementParameters
    /// It is a commit by itself.
    var commits = false
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
    private let work: Work
    private let phase = Mutex(Phase.made)

    private enum Work {
        case exchange(Exchange, @Sendable (QueryResult) -> Value)
        case body(Body)
    }

    /// A write that is more than one statement.
    init(deadline: ContinuousClock.Instant, _ body: @escaping Body) {
        isRead = false
        self.deadline = deadline
        work = .body(body)
    }

    init(_ exchange: Exchange, deadline: ContinuousClock.Instant) where Value == QueryResult {
        isRead = !exchange.commits
        self.deadline = deadline
        work = .exchange(exchange) { $0 }
    }

    var exchange: Exchange? {
        guard case .exchange(let exchange, _) = work else { return nil }
        return exchange
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

    func begin() -> Bool {
        phase.withLock { phase in
            switch phase {
            case .waiting(let continuation), .begun(let continuation):
                phase = .begun(continuation)
                return true
            case .made, .answered: return false
            }
        }
    }

    func isTriedAgain(after outcome: Result<QueryResult, PostgresFailure>) -> Bool {
        guard case .failure(.lost) = outcome else { return false }
        return isRead && ContinuousClock.now < deadline
    }

    func complete(_ outcome: Result<QueryResult, PostgresFailure>) {
        guard case .exchange(_, let value) = work else { return }
        answer(outcome.map(value).mapError { StorageError(postgres: $0) })
    }

    func run(on connection: PostgresConnection) {
        guard case .body(let body) = work, begin() else { return }
        answer(Result { () throws(PostgresFailure) in try body(connection) }.mapError { StorageError(postgres: $0) })
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
