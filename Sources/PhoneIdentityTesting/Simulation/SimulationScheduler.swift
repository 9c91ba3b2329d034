import Dispatch
public import RecordStorage
import Synchronization

/// Runs tasks one job at a time, in an order that a seed decides, over a clock that moves only when nothing else can.
///
/// Whatever is awaited inside of ``run(limit:_:)`` by structured concurrency alone (child tasks, task groups, actors without an executor of their
/// own) runs here, so the same seed gives the same run, job for job. What escapes is what leaves structured concurrency: an unstructured `Task`,
/// `Task.sleep`, a queue of Dispatch. A store that waits for a real disk or network is called through ``outside(_:)``, which keeps everything
/// else waiting until it has answered: as far as its answers repeat, so does the run.
///
/// Isolation: ``run(limit:_:)`` uses one thread, from beginning to end; the rest may be called from anywhere.
public final class SimulationScheduler: TaskExecutor {
    private struct Timer {
        let due: Timestamp
        let number: UInt64
        let action: @Sendable () -> Void
    }

    private struct State {
        var draws: UInt64
        var now: Timestamp
        var ready: [UnownedJob] = []
        /// Jobs of what is under way outside.
        var urgent: [UnownedJob] = []
        var outside = 0
        /// The earliest last; among equals the one that was set first.
        var timers: [Timer] = []
        var nextTimer: UInt64 = 0
        var jobs = 0
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        var trace: [String] = []
    }

    /// How a run ended.
    public enum End<Value: Sendable>: Sendable {
        case finished(Value)
        /// Nothing could go on, and the body had not returned: somebody waits for what will never come.
        case stuck
        /// So many jobs were run that the body will hardly return at all.
        case endless
    }

    public let seed: UInt64
    /// Whether what happens is kept as text.
    public let isTracing: Bool
    private let state: Mutex<State>
    private let arrival = DispatchSemaphore(value: 0)

    /// - Parameter start: what the clock shows at first; without one, 2026-01-01T00:00:00Z.
    public init(seed: UInt64, start: Timestamp = Timestamp(milliseconds: 1_767_225_600_000), isTracing: Bool = false) {
        self.seed = seed
        self.isTracing = isTracing
        state = Mutex(State(draws: seed &* 0xD134_2543_DE82_EF95 &+ 1, now: start))
    }

    // MARK: What a simulated world asks

    /// The true time, which no process knows exactly.
    public var now: Timestamp { state.withLock { $0.now } }

    /// A number in `0..<bound`, decided by the seed. `bound` is at least 1.
    public func draw(below bound: Int) -> Int {
        precondition(bound > 0, "The bound is at least 1.")
        return state.withLock { Int(SeededRandomSource.next(&$0.draws) % UInt64(bound)) }
    }

    public func draw(in range: ClosedRange<Int>) -> Int { range.lowerBound + draw(below: range.upperBound - range.lowerBound + 1) }

    /// Whether something happens that happens so often in a thousand times.
    public func happens(perMille share: Int) -> Bool { share > 0 && draw(below: 1000) < share }

    /// Milliseconds in the range.
    public func duration(_ range: ClosedRange<Int>) -> Duration { .milliseconds(draw(in: range)) }

    /// Runs `action` when so much time has passed.
    public func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) {
        state.withLock { state in
            let due = max(state.now, state.now + duration)
            var (low, high) = (0, state.timers.count)
            while low < high {
                let middle = (low + high) / 2
                if state.timers[middle].due > due { low = middle + 1 } else { high = middle }
            }
            // Before those with the same time, since the array is read from its end.
            state.timers.insert(Timer(due: due, number: state.nextTimer, action: action), at: low)
            state.nextTimer += 1
        }
    }

    /// Moves the clock on with everything standing still, as when a machine is suspended. What fell due meanwhile comes at once, in order.
    public func leap(_ duration: Duration) {
        state.withLock { $0.now = $0.now + duration }
        note { "leap of \(duration)" }
    }

    /// Keeps a line of what happened, while ``isTracing``.
    public func note(_ text: () -> String) {
        guard isTracing else { return }
        let text = text()
        state.withLock { state in
            let passed = Double(state.now.milliseconds - 1_767_225_600_000) / 1000
            state.trace.append("\(passed) s  \(text)")
        }
    }

    /// Lets bytes that were decided count for ``digest``.
    public func mix(_ bytes: [UInt8]) {
        state.withLock { state in
            for byte in bytes { state.digest = (state.digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }
    }

    /// What happened so far, in 64 bits: equal for equal runs, and most likely for no others.
    public var digest: UInt64 { state.withLock { $0.digest } }
    /// The lines kept so far, each with the seconds since the start.
    public var trace: [String] { state.withLock { $0.trace } }
    /// Jobs run so far.
    public var jobs: Int { state.withLock { $0.jobs } }

    /// Calls something that does not run here, such as a store on a real disk, while everything else stands still.
    public func outside<Value, Failure: Error>(
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        state.withLock { $0.outside += 1 }
        defer {
            state.withLock { state in
                state.outside -= 1
                guard state.outside == 0 else { return }
                state.ready += state.urgent
                state.urgent = []
            }
        }
        return try await body()
    }

    // MARK: Running

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isAwaited = state.withLock { state in
            if state.outside > 0 { state.urgent.append(job) } else { state.ready.append(job) }
            return state.outside > 0
        }
        if isAwaited { arrival.signal() }
    }

    private enum Step {
        case job(UnownedJob)
        case timer(@Sendable () -> Void)
        case wait
        case stuck
    }

    /// Runs `body` to its end, and everything else only until then.
    ///
    /// Blocks the calling thread.
    ///
    /// - Parameter limit: how many jobs may be run.
    public func run<Value: Sendable>(limit: Int = 20_000_000, _ body: @escaping @Sendable () async -> Value) -> End<Value> {
        let result = RunResult<Value>()
        Task(executorPreference: self) {
            let value = await body()
            result.value.withLock { $0 = value }
        }
        while true {
            if let value = result.value.withLock({ $0 }) { return .finished(value) }
            switch step() {
            case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .timer(let action): action()
            case .wait: arrival.wait()
            case .stuck: return .stuck
            }
            if jobs > limit { return .endless }
        }
    }

    private func step() -> Step {
        state.withLock { state in
            if state.outside > 0 {
                guard !state.urgent.isEmpty else { return .wait }
                state.jobs += 1
                return .job(state.urgent.removeFirst())
            }
            if !state.ready.isEmpty {
                let place = Int(SeededRandomSource.next(&state.draws) % UInt64(state.ready.count))
                state.digest =
                    (state.digest ^ UInt64(state.ready.count) ^ UInt64(bitPattern: state.now.milliseconds)) &* 0x0000_0100_0000_01B3
                state.jobs += 1
                state.ready.swapAt(place, state.ready.count - 1)
                return .job(state.ready.removeLast())
            }
            guard let timer = state.timers.popLast() else { return .stuck }
            state.now = max(state.now, timer.due)
            return .timer(timer.action)
        }
    }
}

private final class RunResult<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
