import Synchronization

/// Lets one operation at a time per key through, in the order they came; different keys never wait for each other.
///
/// Inside one process this turns a race on one number into a queue. Correctness never rests on it (other processes
/// do not see it): it only spares retries. A cancelled waiter leaves the queue at once.
package final class KeyedQueue<Key: Hashable & Sendable>: Sendable {
    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var nextID: UInt64 = 0
        /// Keys in use, each with those who wait for it.
        var waiting: [Key: [Waiter]] = [:]
        /// Waiters cancelled before they stood in the queue.
        var cancelledEarly: Set<UInt64> = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Runs `body` when everybody before it is done with `key`.
    package func run<Value: Sendable, Failure: Error>(
        _ key: Key, cancelled: @autoclosure () -> Failure, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard await enter(key) else { throw cancelled() }
        defer { leave(key) }
        return try await body()
    }

    private func enter(_ key: Key) async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let entered = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelledEarly.remove(id) != nil { return false }
                    guard state.waiting[key] != nil else {
                        state.waiting[key] = []
                        return true
                    }
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

    private func leave(_ key: Key) {
        let next: Waiter? = state.withLock { state in
            guard var waiters = state.waiting[key], !waiters.isEmpty else {
                state.waiting[key] = nil
                return nil
            }
            let next = waiters.removeFirst()
            state.waiting[key] = waiters
            return next
        }
        next?.continuation.resume(returning: true)
    }
}
