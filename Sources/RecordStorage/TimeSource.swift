#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Where the library takes the time from. Swift's `Clock` has no wall time, which records and policies need.
///
/// Isolation: called from any task. A simulator's conformer decides what both functions do.
public protocol TimeSource: Sendable {
    /// The present time. It may jump either way; the library bears that (no budget moves back when a clock does).
    func now() -> Timestamp

    /// Waits, or throws `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws(CancellationError)
}

/// The system's wall clock.
public struct SystemTimeSource: TimeSource {
    public init() {}

    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    public func sleep(for duration: Duration) async throws(CancellationError) {
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw CancellationError()
        }
    }
}
