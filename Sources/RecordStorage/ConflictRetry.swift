/// How often an operation that met a conflict reads and decides again before it answers "busy".
package struct ConflictRetry: Sendable, Hashable {
    package var attempts: Int
    /// The longest pause after the first conflict; it doubles up to 64 times this.
    package var pause: Duration

    package init(attempts: Int = 24, pause: Duration = .milliseconds(1)) {
        self.attempts = attempts
        self.pause = pause
    }

    /// Runs `operation` until it ends in anything but a conflict; the pauses between are drawn, so that rivals part.
    ///
    /// - Throws: what `operation` throws; after the last attempt its `.conflict`.
    package func run<Value>(
        time: some TimeSource, random: some RandomSource, _ operation: () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        var longest = max(pause.wholeMilliseconds, 1) * 1000
        for attempt in 1... {
            do {
                return try await operation()
            } catch {
                guard error.code == .conflict, attempt < attempts else { throw error }
                do {
                    try await time.sleep(for: .microseconds(Int64(random.number(below: UInt64(longest)))))
                } catch {
                    throw StorageError(.cancelled, "The task was cancelled between two attempts; nothing was written.")
                }
                longest = min(longest * 2, pause.wholeMilliseconds * 64_000)
            }
        }
        preconditionFailure("An attempt returns or throws.")
    }
}
