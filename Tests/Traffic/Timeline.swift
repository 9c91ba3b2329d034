import RecordStorage
import Synchronization

/// A clock that shows the time of the event that is under way. Nobody waits: whoever sleeps goes on at once.
final class EventClock: TimeSource {
    private let time: Mutex<Timestamp>

    init(_ start: Timestamp) { time = Mutex(start) }

    func now() -> Timestamp { time.withLock { $0 } }
    func set(_ now: Timestamp) { time.withLock { $0 = now } }
    func sleep(for duration: Duration) async throws(CancellationError) {}
}

/// What happens next, in the order of time; of events at one time, in the order they were planned. One after the other, so a seed replays.
final class Timeline {
    typealias Action = () async -> Void

    private struct Event {
        let time: Timestamp
        let order: UInt64
        let action: Action

        static func < (left: Self, right: Self) -> Bool { (left.time, left.order) < (right.time, right.order) }
    }

    let clock: EventClock
    private var heap: [Event] = []
    private var planned: UInt64 = 0

    init(start: Timestamp) { clock = EventClock(start) }

    var now: Timestamp { clock.now() }

    func at(_ time: Timestamp, _ action: @escaping Action) {
        planned += 1
        heap.append(Event(time: max(time, now), order: planned, action: action))
        var index = heap.count - 1
        while index > 0, heap[index] < heap[(index - 1) / 2] {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    func after(_ duration: Duration, _ action: @escaping Action) { at(now + duration, action) }

    func run(until end: Timestamp) async {
        while let next = heap.first, next.time < end {
            removeFirst()
            clock.set(next.time)
            await next.action()
        }
        heap = []
        clock.set(end)
    }

    private func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child] < heap[least] { least = child }
            if least == index { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
