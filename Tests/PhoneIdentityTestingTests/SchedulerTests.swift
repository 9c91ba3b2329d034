import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

/// What tasks note, in the order they do.
final class Notes<Note: Sendable>: Sendable {
    private let notes = Mutex<[Note]>([])
    var all: [Note] { notes.withLock { $0 } }

    /// - Returns: how many there are.
    @discardableResult
    func add(_ note: Note) -> Int {
        notes.withLock { notes in
            notes.append(note)
            return notes.count
        }
    }
}

@Suite struct SchedulerTests {
    /// Runs on a thread of its own, as the scheduler blocks.
    private func finished<Value: Sendable>(
        _ scheduler: SimulationScheduler, _ body: @escaping @Sendable () async -> Value
    ) -> Value? {
        guard case .finished(let value) = scheduler.run(body) else { return nil }
        return value
    }

    private actor Counter {
        var order: [Int] = []
        func add(_ number: Int) { order.append(number) }
    }

    /// In which order twenty tasks came to an actor, each after three steps.
    private func order(_ seed: UInt64) -> [Int]? {
        finished(SimulationScheduler(seed: seed)) {
            let counter = Counter()
            await withTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        for _ in 0..<3 { await Task.yield() }
                        await counter.add(number)
                    }
                }
            }
            return await counter.order
        }
    }

    @Test func `The seed decides the order of tasks`() throws {
        let orders = try (0..<10).map { try #require(order($0)) }
        #expect(orders.allSatisfy { $0.sorted() == Array(0..<20) })
        #expect(Set(orders).count == 10)
        #expect(try (0..<10).map { try #require(order($0)) } == orders)
    }

    @Test func `Time passes when nothing else can happen, and in order`() throws {
        let scheduler = SimulationScheduler(seed: 1, start: Timestamp(milliseconds: 1_000))
        let process = SimulatedProcess("one", on: scheduler)
        process.skew = .seconds(-5)
        let foundSeen = finished(scheduler) {
            let seen = Notes<Int64>()
            await withTaskGroup { group in
                for seconds in [3, 1, 2] {
                    group.addTask {
                        try? await process.clock.sleep(for: .seconds(seconds))
                        seen.add(process.clock.now().milliseconds)
                    }
                }
            }
            return seen.all
        }
        let seen = try #require(foundSeen)
        #expect(seen == [-3_000, -2_000, -1_000])
        #expect(scheduler.now.milliseconds == 4_000)
    }

    @Test func `Whoever waits for what never comes is found`() {
        let end = SimulationScheduler(seed: 1).run { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
        guard case .stuck = end else {
            Issue.record("It is not found.")
            return
        }
    }

    @Test func `What does not end is stopped`() {
        let end = SimulationScheduler(seed: 1).run(limit: 1_000) { while true { await Task.yield() } }
        guard case .endless = end else {
            Issue.record("It is not stopped.")
            return
        }
    }

    @Test func `While something outside is asked, nothing else moves`() throws {
        let scheduler = SimulationScheduler(seed: 1)
        let foundOrder = finished(scheduler) {
            let order = Notes<String>()
            await withTaskGroup { group in
                group.addTask {
                    await scheduler.outside {
                        order.add("asked")
                        // Answered by a thread that is none of the scheduler's.
                        try? await Task.sleep(for: .milliseconds(30))
                        order.add("answered")
                    }
                }
                for _ in 0..<50 { group.addTask { order.add("other") } }
            }
            return order.all
        }
        let order = try #require(foundOrder)
        let asked = try #require(order.firstIndex(of: "asked"))
        #expect(order[asked + 1] == "answered" && order.count == 52)
    }

    @Test func `A dead process gets no answer, and its sleepers wake`() throws {
        let scheduler = SimulationScheduler(seed: 1)
        let process = SimulatedProcess("one", on: scheduler)
        let foundEnds = finished(scheduler) {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask { (try? await process.clock.sleep(for: .seconds(3_600))) == nil }
                group.addTask {
                    await process.untilDead()
                    return process.isDead
                }
                scheduler.after(.seconds(1)) { process.kill() }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        let ends = try #require(foundEnds)
        #expect(ends == [true, true])
        #expect(scheduler.now < Timestamp(milliseconds: 1_767_225_600_000) + .seconds(3_600))
    }
}
