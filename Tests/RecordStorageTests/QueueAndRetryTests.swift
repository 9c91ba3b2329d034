import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@Suite struct KeyedQueueTests {
    private struct Cancelled: Error {}

    private final class Gauge: Sendable {
        let state = Mutex((now: 0, most: 0, order: [Int]()))

        func enter(_ number: Int) {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
                state.order.append(number)
            }
        }

        func leave() { state.withLock { $0.now -= 1 } }
    }

    @Test func `One at a time is let through per key`() async throws {
        let queue = KeyedQueue<Int>()
        let gauges = [Gauge(), Gauge()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let gauge = gauges[number % 2]
                    try await queue.run(number % 2, cancelled: Cancelled()) { () async throws(Cancelled) in
                        gauge.enter(number)
                        await Task.yield()
                        gauge.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        for gauge in gauges { gauge.state.withLock { #expect($0.most == 1 && $0.order.count == 50) } }
    }

    @Test func `Different keys do not wait for each other`() async throws {
        let queue = KeyedQueue<String>()
        try await queue.run("a", cancelled: Cancelled()) { () async throws(Cancelled) in
            try await queue.run("b", cancelled: Cancelled()) { () async throws(Cancelled) in }
        }
    }

    @Test func `A cancelled waiter leaves at once, and those behind it come through`() async throws {
        let queue = KeyedQueue<Int>()
        let gauge = Gauge()
        let gate = ManualTimeSource()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                (try? await queue.run(1, cancelled: Cancelled()) { () async throws(Cancelled) in try? await gate.sleep(for: .seconds(1)) })
                    != nil
            }
            while gate.sleeperCount == 0 { await Task.yield() }
            let waiter = Task { (try? await queue.run(1, cancelled: Cancelled()) { () async throws(Cancelled) in gauge.enter(1) }) != nil }
            for _ in 0..<20 { await Task.yield() }
            waiter.cancel()
            // The first still holds the key.
            #expect(await waiter.value == false)
            group.addTask { (try? await queue.run(1, cancelled: Cancelled()) { () async throws(Cancelled) in gauge.enter(2) }) != nil }
            gate.advance(by: .seconds(1))
            for await passed in group { #expect(passed) }
        }
        gauge.state.withLock { #expect($0.order == [2]) }
    }

    @Test func `A task that is cancelled already is not let in, though nobody is there`() async {
        let queue = KeyedQueue<Int>()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return (try? await queue.run(1, cancelled: Cancelled()) { () async throws(Cancelled) in }) != nil
        }
        task.cancel()
        #expect(await task.value == false)
    }

    @Test func `The key is free again after an error`() async throws {
        let queue = KeyedQueue<Int>()
        await #expect(throws: Cancelled.self) {
            try await queue.run(1, cancelled: Cancelled()) { () async throws(Cancelled) in throw Cancelled() }
        }
        try await queue.run(1, cancelled: Cancelled()) { () async throws(Cancelled) in }
    }
}

@Suite struct ConflictRetryTests {
    private final class Counter: Sendable {
        private let state = Mutex(0)

        var count: Int { state.withLock { $0 } }

        func next() -> Int {
            state.withLock { count in
                count += 1
                return count
            }
        }
    }

    private let time = ManualTimeSource()
    private let random = SeededRandomSource(seed: 3)
    private let conflict = StorageError(.conflict, "A test's conflict.")

    /// Runs, and moves the clock whenever somebody sleeps.
    private func run(attempts: Int, _ operation: @escaping @Sendable () throws(StorageError) -> Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Int?.self) { [time, random] group in
            group.addTask {
                try await ConflictRetry(attempts: attempts).run(time: time, random: random) { () async throws(StorageError) in
                    try operation()
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    time.advance(by: .milliseconds(1))
                    await Task.yield()
                }
                return nil
            }
            defer { group.cancelAll() }
            while let answer = try await group.next() { if let answer { return answer } }
            return 0
        }
    }

    @Test func `A conflict is tried again until it holds`() async throws {
        let (conflict, counter) = (conflict, Counter())
        let attempts = try await run(attempts: 5) { () throws(StorageError) in
            let attempt = counter.next()
            if attempt < 4 { throw conflict }
            return attempt
        }
        #expect(attempts == 4)
    }

    @Test func `After the last attempt the conflict is thrown, and any other error at once`() async throws {
        for (code, expected) in [(StorageError.Code.conflict, 3), (.full, 1)] {
            let counter = Counter()
            let error = await #expect(throws: StorageError.self) {
                try await run(attempts: 3) { () throws(StorageError) in
                    _ = counter.next()
                    throw StorageError(code, "A test's error.")
                }
            }
            #expect(error?.code == code && counter.count == expected)
        }
    }

    @Test func `A cancellation between two attempts is told as such`() async {
        let (time, random, conflict) = (time, random, conflict)
        let task = Task {
            do throws(StorageError) {
                try await ConflictRetry(attempts: 100, pause: .seconds(1)).run(time: time, random: random) {
                    () async throws(StorageError) in
                    throw conflict
                }
                return StorageError.Code?.none
            } catch {
                return error.code
            }
        }
        while time.sleeperCount == 0 { await Task.yield() }
        task.cancel()
        #expect(await task.value == .cancelled)
    }
}
