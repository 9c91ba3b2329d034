#if SQLite
    import GRDB
    import RecordStorage

    /// One transaction of SQLite that makes several commits, each wholly or not at all.
    ///
    /// Where several share the transaction, a commit's expectations are all looked at before its first change is made, so a conflict
    /// leaves nothing to undo and no savepoint is needed. One that is alone is taken back with its transaction, which spares it
    /// half of its statements. What can fail later is the disk, and that takes the whole transaction back.
    enum CommitTransaction {
        typealias Outcome = (commit: PendingCommit, failure: StorageError?)

        /// Makes the commits in their order and tells what became of each.
        static func run(_ commits: [PendingCommit], in database: Database) -> [Outcome] {
            let cancelled = commits.filter(\.cancellation.isRaised)
            let live = commits.filter { commit in !cancelled.contains { $0.cancellation === commit.cancellation } }
            let refusal = StorageError(.cancelled, "The task was cancelled before the commit began.")
            return cancelled.map { ($0, refusal) } + (live.isEmpty ? [] : transaction(live, in: database))
        }

        /// Makes one commit, unless another process has the file.
        static func run(_ changes: [RecordChange], in database: Database) -> (failure: StorageError?, isBusy: Bool) {
            do {
                try database.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return (nil, true)
            } catch {
                return (StorageError(sqlite: error), false)
            }
            do {
                guard try applyAlone(changes, in: database) else {
                    rollBack(database)
                    return (conflict, false)
                }
                try commit(database)
                return (nil, false)
            } catch {
                rollBack(database)
                return (error, false)
            }
        }

        private static func transaction(_ commits: [PendingCommit], in database: Database) -> [Outcome] {
            do {
                try begin(database)
            } catch {
                return commits.map { ($0, error) }
            }
            var outcomes: [Outcome] = []
            do {
                if commits.count == 1 {
                    guard try applyAlone(commits[0].changes, in: database) else {
                        rollBack(database)
                        return [(commits[0], conflict)]
                    }
                    outcomes.append((commits[0], nil))
                } else {
                    for commit in commits { outcomes.append((commit, try apply(commit.changes, in: database))) }
                }
            } catch {
                rollBack(database)
                return alone(commits, orAll: error, in: database)
            }
            do {
                try commit(database)
                return outcomes
            } catch {
                rollBack(database)
                guard error.code == .outcomeUnknown else { return alone(commits, orAll: error, in: database) }
                return outcomes.map { ($0.commit, $0.failure ?? error) }
            }
        }

        /// After a failure that took all of them back: each by itself, so that one too large for the disk fails alone.
        private static func alone(_ commits: [PendingCommit], orAll failure: StorageError, in database: Database) -> [Outcome] {
            guard commits.count > 1 else { return commits.map { ($0, failure) } }
            return commits.flatMap { transaction([$0], in: database) }
        }

        private static func begin(_ database: Database) throws(StorageError) {
            do {
                try database.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
            } catch {
                throw StorageError(sqlite: error)
            }
        }

        private static func commit(_ database: Database) throws(StorageError) {
            do {
                try database.cachedStatement(sql: "COMMIT").execute()
            } catch {
                throw StorageError(commit: error)
            }
        }

        private static func rollBack(_ database: Database) {
            // SQLite has already rolled back by itself after some failures, and always leaves the transaction here.
            if database.isInsideTransaction { try? database.rollback() }
        }

        private static let conflict = StorageError(.conflict, "A record was not at the version this commit expects.")

        /// Whether every change found what it expects; if not, some may have been made.
        private static func applyAlone(_ changes: [RecordChange], in database: Database) throws(StorageError) -> Bool {
            for change in changes where try !RecordTable.apply(change, in: database) { return false }
            return true
        }

        /// `nil` when all of the changes were made, the conflict when none was.
        private static func apply(_ changes: [RecordChange], in database: Database) throws(StorageError) -> StorageError? {
            if changes.count == 1 { return try RecordTable.apply(changes[0], in: database) ? nil : conflict }
            for change in changes where try !RecordTable.holds(change, in: database) { return conflict }
            for change in changes {
                if case .check = change { continue }
                guard try RecordTable.apply(change, in: database) else {
                    throw StorageError(.corrupt, "SQLite found a record and did not find it again; check the file's integrity.")
                }
            }
            return nil
        }
    }
#endif
