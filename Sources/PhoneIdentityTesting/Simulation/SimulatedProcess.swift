public import RecordStorage
import Synchronization

/// A process of a simulated deployment: it has a clock of its own, and dies as real ones do, between any two steps.
///
/// Nothing that it does reaches the world once it is dead, and nothing that it waits for comes any more: from outside that is a crash. Inside,
/// whoever waits is told that there is no answer, so that its tasks end and give back what they hold.
public final class SimulatedProcess: Sendable {
    private struct State {
        var isDead = false
        var skew = Duration.zero
        var nextID: UInt64 = 0
        /// Those who wait, in the order they came.
        var waiting: [(id: UInt64, end: @Sendable () -> Void)] = []
    }

    public let name: String
    public let scheduler: SimulationScheduler
    private let state = Mutex(State())

    public init(_ name: String, on scheduler: SimulationScheduler) {
        self.name = name
        self.scheduler = scheduler
    }

    public var isDead: Bool { state.withLock { $0.isDead } }

    /// How far its clock is ahead of the true time.
    public var skew: Duration {
        get { state.withLock { $0.skew } }
        set { state.withLock { $0.skew = newValue } }
    }

    /// Its wall clock.
    public var clock: SimulatedClock { SimulatedClock(process: self) }

    /// Ends it, here and now.
    public func kill() {
        let waiting = state.withLock { state in
            state.isDead = true
            defer { state.waiting = [] }
            return state.waiting
        }
        scheduler.note { "\(name) is dead" }
        for waiter in waiting { waiter.end() }
    }

    /// Waits until ``kill()``, or until the task is cancelled.
    public func untilDead() async {
        let reply = SimulatedReply<Void>()
        _ = await withTaskCancellationHandler {
            await answer(reply)
        } onCancel: {
            reply.send(())
        }
    }

    /// Waits for an answer of the world.
    ///
    /// - Returns: `nil` when the process dies first, or is dead.
    func answer<Value: Sendable>(_ reply: SimulatedReply<Value>) async -> Value? {
        let id: UInt64? = state.withLock { state in
            guard !state.isDead else { return nil }
            state.nextID += 1
            state.waiting.append((state.nextID, { reply.end() }))
            return state.nextID
        }
        guard let id else {
            // Not at once: whoever asks again and again in a dead process must let others run, who end it.
            await Task.yield()
            return nil
        }
        defer { state.withLock { state in state.waiting.removeAll { $0.id == id } } }
        return await reply.wait()
    }

    /// Lets time pass. - Returns: whether the process still lives.
    @discardableResult
    func pause(_ duration: Duration) async -> Bool {
        let reply = SimulatedReply<Void>()
        scheduler.after(duration) { reply.send(()) }
        return await answer(reply) != nil
    }
}

/// What somebody waits for: answered once, by whoever comes first.
final class SimulatedReply<Value: Sendable>: Sendable {
    private enum Phase {
        case open
        case waiting(CheckedContinuation<Value?, Never>)
        case answered(Value?)
        case over
    }

    private let phase = Mutex(Phase.open)

    func send(_ value: Value) { settle(value) }
    /// There will be no answer.
    func end() { settle(nil) }

    private func settle(_ value: Value?) {
        let continuation: CheckedContinuation<Value?, Never>? = phase.withLock { phase in
            switch phase {
            case .open:
                phase = .answered(value)
                return nil
            case .waiting(let continuation):
                phase = .over
                return continuation
            case .answered, .over: return nil
            }
        }
        continuation?.resume(returning: value)
    }

    func wait() async -> Value? {
        await withCheckedContinuation { continuation in
            let answer: Value?? = phase.withLock { phase in
                if case .answered(let value) = phase {
                    phase = .over
                    return .some(value)
                }
                phase = .waiting(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }
}

/// The wall clock of a simulated process: wrong by the process's skew. Sleeping in a dead process ends at once.
public struct SimulatedClock: TimeSource {
    let process: SimulatedProcess

    public func now() -> Timestamp { process.scheduler.now + process.skew }

    public func sleep(for duration: Duration) async throws(CancellationError) {
        let reply = SimulatedReply<Bool>()
        process.scheduler.after(duration) { reply.send(true) }
        let woke = await withTaskCancellationHandler {
            Task.isCancelled ? false : await process.answer(reply)
        } onCancel: {
            reply.send(false)
        }
        guard woke == true else { throw CancellationError() }
    }
}
