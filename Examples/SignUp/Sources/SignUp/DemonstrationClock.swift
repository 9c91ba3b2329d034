import PhoneIdentity
import Synchronization

/// The system's clock, which the scripted tour can put forward: codes to one number have a cool-down, and nobody wants to watch it.
final class DemonstrationClock: TimeSource {
    private let ahead = Mutex(Duration.zero)
    private let system = SystemTimeSource()

    func now() -> Timestamp { system.now() + ahead.withLock { $0 } }

    func sleep(for duration: Duration) async throws(CancellationError) { try await system.sleep(for: duration) }

    func putForward(by duration: Duration) { ahead.withLock { $0 += duration } }
}
