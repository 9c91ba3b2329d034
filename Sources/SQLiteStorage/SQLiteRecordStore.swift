#if SQLite
    import Dispatch
    import GRDB
    public import RecordStorage

    /// Records in one SQLite file: the embedded default, for one machine.
    ///
    /// Several processes may use the file at once. Commits that wait at the same time share one transaction and one
    /// fsync, and each of them still holds or fails by itself. A commit that returned survives a power cut.
    ///
    /// While nobody has the writer's connection, a commit, a read of up to 16 keys, and the first 16 records of a range use it where they
    /// are called, which spares changing threads twice (a third of a commit, two thirds of a read); its pages stay in memory through its own
    /// commits. So at most one cooperative thread waits for the disk; whoever comes meanwhile waits suspended: commits share the next
    /// transaction on SQLite's own queue, and such reads are made there before it, which spares them a reader that looks for its pages
    /// again. Where the latest transaction took 5 ms or longer they ask a reader instead of waiting for the disk. Waiting for
    /// another process, also to empty the log, is never done on a cooperative thread. A cancelled commit that has not begun throws
    /// `.cancelled`; one that has begun tells its real outcome.
    ///
    /// Beside the file SQLite keeps a log, `-wal`, of 16 MiB from the start.
    public final class SQLiteRecordStore: RecordStore {
        private let path: String
        private let pool: DatabasePool
        private let patience: BusyPatience
        private let queue: CommitQueue

        /// Opens the file at `path`, and makes it (readable and writable by its owner alone) when there is none.
        ///
        /// The directory must exist and be writable: SQLite keeps its write-ahead log beside the file.
        ///
        /// - Parameters:
        ///   - path: A file, on a local file system.
        ///   - busyTimeout: How long a commit waits for another process before it throws `.unavailable`.
        ///   - readers: How many reads run at once that the writer does not make.
        /// - Throws: ``StorageError`` with code `.corrupt` (damaged, or another program's file), `.wrongDeployment` (made by a newer
        ///   version of this library), `.readOnly`, `.full` or `.unavailable`.
        public convenience init(path: String, busyTimeout: Duration = .seconds(5), readers: Int = 8) async throws(StorageError) {
            try await self.init(path: path, busyTimeout: busyTimeout, readers: readers, synchronous: .full)
        }

        /// For the test that cuts the power: it must find lost commits when the store does not wait for the disk.
        @_spi(PowerCutTesting)
        public convenience init(path: String, unsafelySynchronous synchronous: Synchronous) async throws(StorageError) {
            try await self.init(path: path, busyTimeout: .seconds(5), readers: 8, synchronous: synchronous)
        }

        /// How far SQLite waits for the disk. Every store outside of that test uses `full`.
        @_spi(PowerCutTesting)
        public enum Synchronous: String, Sendable {
            case full, normal, off
        }

        private init(path: String, busyTimeout: Duration, readers: Int, synchronous: Synchronous) async throws(StorageError) {
            let patience = BusyPatience(longest: busyTimeout)
            let file = DatabaseFile(path: path, patience: patience, readers: max(readers, 1), synchronous: synchronous)
            let opened = await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(returning: Result { () throws(StorageError) in try file.open() }) }
            }
            self.path = path
            self.patience = patience
            pool = try opened.get()
            queue = CommitQueue(pool: pool, patience: patience)
        }

        public func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
            try await read(atOnce: keys.count <= Self.fewRecords) { database throws(StorageError) in
                try RecordTable.records(at: keys, in: database)
            }
        }

        /// Records that are read on the caller's thread: some microseconds each.
        private static let fewRecords = 16

        public func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
            guard limit > 0 else { return [] }
            // A scan over all partitions finds next to nothing in most of them.
            let few = min(limit, Self.fewRecords)
            let first = try await read(atOnce: true) { database throws(StorageError) in
                try RecordTable.records(in: range, limit: few, in: database)
            }
            guard first.count == few, few < limit, let last = first.last else { return first }
            var rest = range
            rest.after = last.key.row
            let others = try await read(atOnce: false) { [rest] database throws(StorageError) in
                try RecordTable.records(in: rest, limit: limit - few, in: database)
            }
            return first + others
        }

        public func commit(_ changes: [RecordChange]) async throws(StorageError) {
            try RecordLimits.validate(changes)
            try await queue.commit(changes)
        }

        /// Moves everything from the write-ahead log into the file and empties the log, so that what was deleted is in neither.
        ///
        /// - Parameter patience: how long it waits for a reader that needs the log. Commits wait as long.
        /// - Returns: `false` while a reader, here or in another process, still needs the log: try again later.
        /// - Throws: ``StorageError``.
        public func truncateWriteAheadLog(patience: Duration = .milliseconds(200)) async throws(StorageError) -> Bool {
            try await queue.truncateLog(path: path, limit: patience)
        }

        /// Copies the file while commits go on: a whole file at `path`, synced, for its owner alone (0600), that
        /// ``init(path:busyTimeout:readers:)`` opens.
        ///
        /// It holds every commit that returned before this was called, and each other one wholly or not at all. It is written beside `path`
        /// (`path.….part`) and named at the end, so a file at `path` is never half of one. While it runs, the log grows, and no erasure gets its
        /// ``truncateWriteAheadLog(patience:)``. What is erased later is in the copy for as long as you keep it.
        ///
        /// - Parameters:
        ///   - path: Where there is no file yet.
        ///   - progress: Called after each 4 MiB, on a thread of SQLite's.
        /// - Throws: ``StorageError`` with code `.invalidChange` (there is a file; it is left alone), `.full`, `.readOnly`, `.unavailable`, `.corrupt`,
        ///   or `.cancelled`. Nothing is then left at `path` or beside it.
        public func backUp(
            to path: String, progress: @escaping @Sendable (BackupProgress) -> Void = { _ in }
        ) async throws(StorageError) {
            let cancellation = CancellationFlag()
            let backup = DatabaseBackup(path: path, cancellation: cancellation, progress: progress)
            try await inspect(cancellation) { database throws(StorageError) in try backup.copy(database) }
        }

        /// Looks through the whole file for damage, in one snapshot while commits go on: with SQLite's own check, and at the form of table and rows.
        ///
        /// It reads everything once, or several times where it is `.complete`, and holds the log as a backup does. Open a backup as a store to check it.
        ///
        /// - Returns: what was found. Damage is no error here.
        /// - Throws: ``StorageError`` with code `.unavailable` or `.cancelled`.
        public func checkIntegrity(_ depth: IntegrityDepth = .complete) async throws(StorageError) -> IntegrityReport {
            try await inspect(CancellationFlag()) { database throws(StorageError) in try IntegrityCheck.run(depth, in: database) }
        }

        /// Runs `body` on a reader, in a transaction, off the threads of Swift's tasks. SQLite is interrupted where the task is cancelled.
        private func inspect<Value: Sendable>(
            _ cancellation: CancellationFlag, _ body: @escaping @Sendable (Database) throws(StorageError) -> Value
        ) async throws(StorageError) -> Value {
            do {
                return try await withTaskCancellationHandler {
                    try await pool.read(body)
                } onCancel: {
                    cancellation.raise()
                }
            } catch {
                throw StorageError(sqlite: error)
            }
        }

        /// Closes the file after the transaction and the readers' reads under way; later ones, and what still waits then, throw `.unavailable`.
        public func close() async throws(StorageError) {
            queue.close()
            let outcome = await withCheckedContinuation { continuation in
                DispatchQueue.global().async { [pool] in
                    continuation.resume(
                        returning: Result { () throws(StorageError) in
                            do {
                                // Readers first: whoever closes last moves the log into the file, and a reader cannot.
                                pool.invalidateReadOnlyConnections()
                                try pool.close()
                            } catch {
                                throw StorageError(sqlite: error)
                            }
                        })
                }
            }
            try outcome.get()
        }

        /// - Parameter atOnce: on the writer's connection, now or before its next transaction. Else on a reader's: those who wait for one
        ///   of these wait suspended, since they may be handed out to reads that wait for a thread.
        private func read<Value: Sendable>(
            atOnce: Bool, _ body: @escaping @Sendable (Database) throws(StorageError) -> Value
        ) async throws(StorageError) -> Value {
            if Task.isCancelled { throw StorageError(.cancelled, "The task was cancelled before the read began.") }
            if atOnce, let value = await queue.read(body) { return value }
            do {
                // Each statement is a snapshot; the contract asks no more, and a transaction round them would cost two statements.
                return try await pool.unsafeRead(body)
            } catch {
                throw StorageError(sqlite: error)
            }
        }
    }
#else
    @available(*, unavailable, message: "SQLiteRecordStore needs GRDB: enable the package trait SQLite of swift-phone-identity.")
    public final class SQLiteRecordStore {}
#endif
