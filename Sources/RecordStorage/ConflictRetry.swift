/// How often an operation that met a conflict reads and decides again before it answers "busy".
@usableFromInline
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
    /// - Throws: what `operation` throws; after the last attempt its `.conflict`; `.cancelled` when the task was cancelled between two.
    @inlinable
    package func run<Value>(
        time: any TimeSource, random: any RandomSource, _ operation: () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        for attempt in 1... {
            do {
                return try await operation()
            } catch {
                try await rest(after: attempt, error, time: time, random: random)
            }
        }
        preconditionFailure("An attempt returns or throws.")
    }

    /// Waits after the `attempt`th conflict.
    ///
    /// - Throws: `error`, when it is no conflict or there were enough attempts; `.cancelled`.
    @usableFromInline
    package func rest(
        after attempt: Int, _ error: StorageError, time: any TimeSource, random: any RandomSource
    ) async throws(StorageError) {
        guard error.code == .conflict, attempt < attempts else { throw error }
        let longest = max(pause.wholeMilliseconds, 1) * 1000 << min(attempt - 1, 6)
        do {
            try await time.sleep(for: .microseconds(Int64(random.number(below: UInt64(longest)))))
        } catch {
            throw StorageError(.cancelled, "The task was cancelled between two attempts; nothing was written.")
        }
    }
}
