import Dispatch
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Somebody who waits for a socket. Called on the loop's thread, which must not wait for anything.
protocol ReadinessWaiter: AnyObject, Sendable {
    func becameReady()
    func timedOut()
}

/// One thread that waits for the sockets of all connections of a store, so that one wake-up serves all that are ready.
final class ReadinessLoop: Sendable {
    private struct Waiting {
        let waiter: any ReadinessWaiter
        let deadline: ContinuousClock.Instant
    }

    private struct State {
        var waiting: [Int32: Waiting] = [:]
        var isStopped = false
    }

    private let queue: ReadinessQueue
    private let state = Mutex(State())
    /// What wakes the thread: the end that is read, and the end that is written.
    private let bell: (read: Int32, write: Int32)
    /// How long a socket may be silent.
    private let silence: Duration

    /// `nil` when this process may open no more files.
    init?(silence: Duration) {
        self.silence = silence
        var ends: [Int32] = [-1, -1]
        guard let queue = ReadinessQueue() else { return nil }
        guard pipe(&ends) == 0 else {
            queue.close()
            return nil
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.queue = queue
        bell = (ends[0], ends[1])
    }

    /// Starts the thread, which lasts until ``stop()``.
    func start() {
        _ = queue.ask(about: bell.read, writes: false)
        // A serial queue without a target gets a thread while it works, beside the ones that Swift's tasks share.
        DispatchQueue(label: "PostgresRecordStore").async { [self] in run() }
    }

    /// Ends the thread. Nobody waits any more, and nobody will.
    func stop() {
        state.withLock { state in
            // Inside of the lock: the thread closes the bell once it has seen the flag.
            if !state.isStopped { _ = write(bell.write, [1], 1) }
            state.isStopped = true
        }
    }

    /// Calls `waiter` once, when the socket can be read (or, if asked for, written), or when it was silent for too long; at once where it cannot be
    /// waited for.
    func wait(for socket: Int32, writes: Bool, _ waiter: any ReadinessWaiter) {
        guard socket >= 0 else { return waiter.timedOut() }
        let waiting = Waiting(waiter: waiter, deadline: .now + silence)
        state.withLock { $0.waiting[socket] = waiting }
        if queue.ask(about: socket, writes: writes) { return }
        // The system has no room for one more: nothing would ever wake this one.
        if state.withLock({ $0.waiting.removeValue(forKey: socket) }) != nil { waiter.timedOut() }
    }

    private func run() {
        // Who is silent is found up to a quarter late.
        let pause = silence / 4
        var look = ContinuousClock.now + pause
        while !state.withLock(\.isStopped) {
            let sockets = queue.wait(milliseconds: Int32(clamping: pause.wholeMilliseconds))
            let ready = state.withLock { state in sockets.compactMap { state.waiting.removeValue(forKey: $0)?.waiter } }
            for waiter in ready { waiter.becameReady() }
            guard sockets.isEmpty || ContinuousClock.now >= look else { continue }
            let now = ContinuousClock.now
            look = now + pause
            let silent = state.withLock { state in
                let late = state.waiting.filter { $0.value.deadline <= now }
                for socket in late.keys { state.waiting[socket] = nil }
                return late.values.map(\.waiter)
            }
            for waiter in silent { waiter.timedOut() }
        }
        queue.close()
        close(bell.read)
        close(bell.write)
    }
}
