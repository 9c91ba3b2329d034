import RecordStorage

/// Carries out what concerns one key, one after the other in this process: reads, decides, commits, and after a conflict does so again.
struct CommitQueue<Key: Hashable & Sendable>: Sendable {
    let store: any RecordStore
    let time: any TimeSource
    let random: any RandomSource
    let versions: VersionSource
    let retry: ConflictRetry
    private let queue = KeyedQueue<Key>()

    init(store: any RecordStore, time: any TimeSource, random: any RandomSource, retry: ConflictRetry) {
        (self.store, self.time, self.random, self.retry) = (store, time, random, retry)
        versions = VersionSource(random: random)
    }

    /// Runs `operation` in the key's queue and commits what it staged, again after each conflict.
    ///
    /// - Throws: ``OTPError``: what the operation throws; `.busy` after the last conflict, `.unavailable`, `.cancelled`.
    func run<Value: Sendable>(
        _ key: Key, _ operation: (inout StagedCommit) async throws(OTPError) -> Value
    ) async throws(OTPError) -> Value {
        // Not by the closures of `queue.run` and `retry.run`: each layer of them switches tasks once more for every guess.
        let isThrough = if queue.enterAtOnce(key) { true } else { await queue.enter(key) }
        guard isThrough else { throw OTPError(StorageError(.cancelled, "The task was cancelled while it waited.")) }
        defer { queue.leave(key) }
        for attempt in 1... {
            var commit = StagedCommit(versions: versions)
            let value = try await operation(&commit)
            if commit.isEmpty { return value }
            do throws(StorageError) {
                do throws(StorageError) {
                    try await commit.commit(to: store)
                    return value
                } catch {
                    try await retry.rest(after: attempt, error, time: time, random: random)
                }
            } catch {
                throw OTPError(error)
            }
        }
        preconditionFailure("An attempt returns or throws.")
    }
}
