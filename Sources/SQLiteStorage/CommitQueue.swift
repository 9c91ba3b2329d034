#if SQLite
    import Foundation
    import GRDB
    import RecordStorage
    import Synchronization

    /// The commits and small reads that wait for the writer. What waits when the writer comes shares one transaction and one fsync, after
    /// the reads; who finds the writer free uses it at once, on its own thread.
    final class CommitQueue: Sendable {
        private struct State {
            var waiting: [PendingCommit] = []
            /// Reads that came while somebody had the writer; it makes them before its next transaction.
            var reads: [@Sendable (Database) -> Void] = []
            /// How long the latest transaction took, with the reads before it.
            var latest = Duration.zero
            /// Somebody has the writer, or has sent for it, and will look here again.
            var isDraining = false
            /// Truncations of the log that have the writer or wait for it. They may wait for another process, so nobody waits for them on
            /// a thread of their own.
            var truncations = 0
            var isClosed = false
            /// Above zero for some transactions after one that several commits shared.
            var crowd = 0
        }

        private let pool: DatabasePool
        private let patience: BusyPatience
        private let state = Mutex(State())

        init(pool: DatabasePool, patience: BusyPatience) {
            self.pool = pool
            self.patience = patience
        }

        /// Makes the commit, at once when nobody has the writer.
        func commit(_ changes: [RecordChange]) async throws(StorageError) {
            if Task.isCancelled { throw StorageError(.cancelled, "The task was cancelled before the commit began.") }
            // In a crowd the next transaction will be shared, and whoever made it would keep a thread from those who are about to join.
            guard takesWriter(inCrowd: false) else { return try await wait(changes, havingWriter: false) }
            let start = ContinuousClock.now
            switch makeAtOnce(changes) {
            case .busy: try await wait(changes, havingWriter: true)
            case .finished(let failure):
                if !leavesWriter(after: .now - start) { sendWriter() }
                if let failure { throw failure }
            }
        }

        private enum AtOnce {
            case finished(StorageError?)
            /// Another process has the file; nothing was done.
            case busy
        }

        /// Takes the writer if nobody has it.
        private func takesWriter(inCrowd: Bool = true) -> Bool {
            state.withLock { state in
                guard inCrowd || state.crowd == 0, !state.isDraining, state.truncations == 0, !state.isClosed else { return false }
                state.isDraining = true
                return true
            }
        }

        /// Leaves the writer, unless somebody came meanwhile.
        ///
        /// - Parameter time: that a transaction took.
        private func leavesWriter(after time: Duration? = nil) -> Bool {
            state.withLock { state in
                if let time { state.latest = time }
                state.isDraining = !state.waiting.isEmpty || !state.reads.isEmpty
                return !state.isDraining
            }
        }

        private func makeAtOnce(_ changes: [RecordChange]) -> AtOnce {
            pool.writeWithoutTransaction { database in
                patience.limited(to: .zero) {
                    let (failure, isBusy) = CommitTransaction.run(changes, in: database)
                    return isBusy ? .busy : .finished(failure)
                }
            }
        }

        /// Reads on the writer: at once when nobody has it, else before its next transaction. Its pages stay in memory through its own
        /// commits; a reader's are read again after each.
        ///
        /// - Returns: `nil` where the writer takes long or does not answer: ask a reader.
        func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws(StorageError) -> Value) async -> Value? {
            guard takesWriter() else { return await readInTurn(body) }
            defer { if !leavesWriter() { sendWriter() } }
            return readAtOnce(body)
        }

        private func readAtOnce<Value>(_ body: (Database) throws(StorageError) -> Value) -> Value? {
            pool.writeWithoutTransaction { database in readNow(body, database) }
        }

        private func readNow<Value>(_ body: (Database) throws(StorageError) -> Value, _ database: Database) -> Value? {
            patience.limited(to: .zero) { try? body(database) }
        }

        private func readInTurn<Value: Sendable>(_ body: @escaping @Sendable (Database) throws(StorageError) -> Value) async -> Value? {
            await withCheckedContinuation { continuation in
                let joins = state.withLock { state in
                    guard state.isDraining, state.truncations == 0, !state.isClosed, state.latest < Self.longWait,
                        state.reads.count < Self.fewReads
                    else { return false }
                    state.reads.append { database in continuation.resume(returning: self.readNow(body, database)) }
                    return true
                }
                if !joins { continuation.resume(returning: nil) }
            }
        }

        /// Where a transaction takes as long, a disk is waited for, and a read need not wait with it.
        private static let longWait = Duration.milliseconds(5)

        /// More than these are faster on several readers.
        private static let fewReads = 64

        /// Empties the log, once the commits before it are made.
        ///
        /// - Returns: whether the log is empty now.
        func truncateLog(path: String, limit: Duration) async throws(StorageError) -> Bool {
            state.withLock { $0.truncations += 1 }
            let outcome = await withCheckedContinuation { continuation in
                pool.asyncWriteWithoutTransaction { [patience] database in
                    let outcome = Result { () throws(StorageError) in
                        try patience.limited(to: limit) { () throws(StorageError) in try WriteAheadLog.truncate(database, path: path) }
                    }
                    self.state.withLock { $0.truncations -= 1 }
                    continuation.resume(returning: outcome)
                }
            }
            return try outcome.get()
        }

        private func wait(_ changes: [RecordChange], havingWriter: Bool) async throws(StorageError) {
            let cancellation = CancellationFlag()
            let failure = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let commit = PendingCommit(changes: changes, cancellation: cancellation, continuation: continuation)
                    enqueue(commit, havingWriter: havingWriter)
                }
            } onCancel: {
                cancellation.raise()
            }
            if let failure { throw failure }
        }

        /// Refuses every later commit; those that wait are still made.
        func close() {
            state.withLock { $0.isClosed = true }
        }

        private func enqueue(_ commit: PendingCommit, havingWriter: Bool) {
            let (accepted, sends) = state.withLock { state in
                if state.isClosed, !havingWriter { return (false, false) }
                state.waiting.append(commit)
                // Another process has the file: that takes as long as it takes, and no read need wait for it.
                if havingWriter { state.latest = Self.longWait }
                defer { state.isDraining = true }
                return (true, havingWriter || !state.isDraining)
            }
            guard accepted else { return commit.finish(StorageError(.unavailable, "The SQLite file is closed.")) }
            if sends { sendWriter() }
        }

        private func sendWriter() {
            pool.asyncWriteWithoutTransaction { database in
                for _ in 0..<Self.turns {
                    let start = ContinuousClock.now
                    self.makeReads(in: database)
                    let commits = self.take()
                    for (commit, failure) in CommitTransaction.run(commits, in: database) { commit.finish(failure) }
                    guard self.goesOn(afterBatchOf: commits.count, taking: .now - start, in: database) else { return }
                }
                // Let a truncation of the log or a close have its turn.
                self.sendWriter()
            }
        }

        private func makeReads(in database: Database) {
            let reads = state.withLock { state in
                defer { state.reads = [] }
                return state.reads
            }
            for read in reads { read(database) }
        }

        /// Transactions before the writer is given to whoever else waits for it.
        private static let turns = 16

        /// How many transactions of one commit end a crowd.
        private static let crowdPatience = 4

        /// Whether there is more to do. After a batch of several it stays up to 150 µs, until half as many wait again, and makes the reads
        /// that come meanwhile.
        ///
        /// Those who were just answered together are about to come again: that fills the next transaction (51,000 instead of 40,000
        /// commits a second for 64 committers, measured; and a quarter fewer transactions for 64 sign-ups, which compute between their
        /// commits). One who commits alone needs the processor more.
        private func goesOn(afterBatchOf count: Int, taking time: Duration, in database: Database) -> Bool {
            state.withLock { state in
                if count > 0 { state.crowd = count > 1 ? Self.crowdPatience : max(state.crowd - 1, 0) }
                state.latest = time
            }
            let end = ContinuousClock.now.advanced(by: count > 1 ? .microseconds(150) : .zero)
            while true {
                let isOver = ContinuousClock.now >= end
                let (goesOn, hasReads): (Bool?, Bool) = state.withLock { state in
                    if state.waiting.count >= max(count / 2, 1) { return (true, false) }
                    guard isOver else { return (nil, !state.reads.isEmpty) }
                    state.isDraining = !state.waiting.isEmpty || !state.reads.isEmpty
                    return (state.isDraining, false)
                }
                if let goesOn { return goesOn }
                if hasReads { makeReads(in: database) } else { sched_yield() }
            }
        }

        /// The commits of the next transaction: those in front, while they are not too much for one.
        private func take() -> [PendingCommit] {
            state.withLock { state in
                var room = RecordLimits.changes
                let count = state.waiting.prefix { commit in
                    defer { room -= commit.changes.count }
                    return room == RecordLimits.changes || room >= commit.changes.count
                }.count
                defer { state.waiting.removeFirst(count) }
                return Array(state.waiting.prefix(count))
            }
        }
    }

    /// One commit on its way to the writer.
    struct PendingCommit: Sendable {
        let changes: [RecordChange]
        let cancellation: CancellationFlag
        let continuation: CheckedContinuation<StorageError?, Never>

        func finish(_ failure: StorageError?) {
            continuation.resume(returning: failure)
        }
    }

    /// Raised when the task of a commit is cancelled; looked at when its turn comes.
    final class CancellationFlag: Sendable {
        private let flag = Atomic(false)

        var isRaised: Bool { flag.load(ordering: .acquiring) }

        func raise() {
            flag.store(true, ordering: .releasing)
        }
    }
#endif
