import Synchronization

/// What waits to be handed to the transport: bounded, in memory alone, the same for messages that go nowhere.
///
/// A sender reserves a place *before* its commit, so that a full queue refuses before anything is written, and fills it after. What a
/// crash loses was never claimed to be sent; a resend repeats it.
package final class MessageQueue: Sendable {
    /// What is handed over: a message, or for a number that gets none the same work without one.
    package enum Item: Sendable {
        case message(OutboundMessage)
        case nothing
    }

    private struct State {
        var items = Line()
        var reserved = 0
        var waiting: [(id: UInt64, continuation: CheckedContinuation<Item?, Never>)] = []
        var nextID: UInt64 = 0
        var cancelled: Set<UInt64> = []
    }

    /// What waits, first come first. A place is used again once its item is gone, so that it takes no more room however many pass through.
    private struct Line {
        private var places: [Item?] = []
        private var first = 0
        private(set) var count = 0
        var isEmpty: Bool { count == 0 }

        mutating func append(_ item: Item) {
            if count == places.count {
                places = (0..<count).map { places[(first + $0) % places.count] } + Array(repeating: nil, count: max(16, count))
                first = 0
            }
            places[(first + count) % places.count] = item
            count += 1
        }

        mutating func removeFirst() -> Item? {
            guard count > 0 else { return nil }
            defer {
                places[first] = nil
                first = (first + 1) % places.count
                count -= 1
            }
            return places[first]
        }
    }

    private let state = Mutex(State())
    private let capacity: Int

    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many wait, places that are only reserved included.
    package var count: Int { state.withLock { $0.items.count + $0.reserved } }

    /// - Throws: ``TransportError`` with code `.queueFull`.
    package func reserve() throws(TransportError) -> Reservation {
        let isGiven = state.withLock { state in
            guard state.items.count + state.reserved < capacity else { return false }
            state.reserved += 1
            return true
        }
        guard isGiven else {
            throw TransportError(
                .queueFull, "As many messages wait as the queue holds: the gateway is slow or down. Try again in a moment.")
        }
        return Reservation(queue: self)
    }

    /// A place in the queue; given back if it is not used.
    package final class Reservation: Sendable {
        private let queue: MessageQueue
        private let isOpen = Mutex(true)

        fileprivate init(queue: MessageQueue) {
            self.queue = queue
        }

        package func fill(_ item: Item) {
            guard close() else { preconditionFailure("A place in the queue is filled once.") }
            queue.add(item)
        }

        private func close() -> Bool {
            isOpen.withLock { isOpen in
                defer { isOpen = false }
                return isOpen
            }
        }

        deinit {
            if close() { queue.giveBack() }
        }
    }

    private func giveBack() {
        state.withLock { $0.reserved -= 1 }
    }

    private func add(_ item: Item) {
        let waiter: CheckedContinuation<Item?, Never>? = state.withLock { state in
            state.reserved -= 1
            guard !state.waiting.isEmpty else {
                state.items.append(item)
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        waiter?.resume(returning: item)
    }

    /// The next item; `nil` when the task is cancelled.
    package func next() async -> Item? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let item: Item? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Item?? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .some(nil) }
                    if let item = state.items.removeFirst() { return item }
                    state.waiting.append((id, continuation))
                    return .none
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: CheckedContinuation<Item?, Never>? = state.withLock { state in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiting.remove(at: index).continuation
            }
            waiter?.resume(returning: nil)
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        return item
    }
}
