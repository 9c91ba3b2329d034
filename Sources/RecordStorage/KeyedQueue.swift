public import Synchronization

/// Lets one operation at a time per key through, in the order they came; different keys never wait for each other.
///
/// Inside one process this turns a race on one number into a queue. Correctness never rests on it (other processes
/// do not see it): it only spares retries. A cancelled waiter leaves the queue at once.
@usableFromInline
package final class KeyedQueue<Key: Hashable & Sendable>: Sendable {
    @usableFromInline
    struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    @usableFromInline
    struct State {
        var nextID: UInt64 = 0
        /// Keys in use, each with those who wait for it.
        @usableFromInline var waiting: [Key: [Waiter]] = [:]
        /// Waiters cancelled before they stood in the queue.
        var cancelledEarly: Set<UInt64> = []

        @usableFromInline init() {}
    }

    @usableFromInline let state = Mutex(State())

    @inlinable package init() {}

    /// Runs `body` when everybody before it is done with `key`.
    @inlinable
    package func run<Value: Sendable, Failure: Error>(
        _ key: Key, cancelled: @autoclosure () -> Failure, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        // Mostly nobody is there, and there is nothing to wait for.
        if !enterAtOnce(key) { guard await enter(key) else { throw cancelled() } }
        defer { leave(key) }
        return try await body()
    }

    /// Takes a key that nobody has.
    ///
    /// - Returns: whether it is taken, never by a task that was cancelled; then call ``leave(_:)``. If not, ``enter(_:)`` waits for it.
    @inlinable
    package func enterAtOnce(_ key: Key) -> Bool {
        guard !Task.isCancelled else { return false }
        return state.withLock { Self.take(&$0.waiting[key]) }
    }

    /// - Returns: whether the key was free.
    @inlinable
    static func take(_ waiters: inout [Waiter]?) -> Bool {
        guard waiters == nil else { return false }
        waiters = []
        return true
    }

    /// Waits until everybody before is done with the key.
    ///
    /// - Returns: `false` when the task was cancelled meanwhile; else call ``leave(_:)``.
    @usableFromInline
    package func enter(_ key: Key) async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let entered = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelledEarly.remove(id) != nil { return false }
                    if Self.take(&state.waiting[key]) { return true }
                    state.waiting[key]?.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiting[key]?.firstIndex(where: { $0.id == id }) else {
                    // Not in the queue yet, or already through; the note is dropped when the wait ends, whichever it was.
                    state.cancelledEarly.insert(id)
                    return nil
                }
                return state.waiting[key]?.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
        state.withLock { _ = $0.cancelledEarly.remove(id) }
        return entered
    }

    @inlinable
    package func leave(_ key: Key) {
        let next = state.withLock { Self.next(of: &$0.waiting[key]) }
        if let next { Self.resume(next) }
    }

    /// Takes the first of those who wait; where there is none, the key is free.
    @inlinable
    static func next(of waiters: inout [Waiter]?) -> Waiter? {
        guard waiters?.isEmpty == false else {
            waiters = nil
            return nil
        }
        return waiters?.removeFirst()
    }

    @usableFromInline
    static func resume(_ waiter: Waiter) {
        waiter.continuation.resume(returning: true)
    }
}
