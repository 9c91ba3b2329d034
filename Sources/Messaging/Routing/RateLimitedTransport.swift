public import RecordStorage
import Synchronization

/// Lets so many messages a second through to a route, and a small burst at once; the others wait their turn.
public final class RateLimitedTransport: MessageTransport {
    private let transport: any MessageTransport
    private let interval: Duration
    private let burst: Int
    private let longestWait: Duration
    private let time: any TimeSource
    /// When all that was let through would have left, one after the other (GCRA).
    private let arrival = Mutex<Timestamp?>(nil)

    public var name: String { transport.name }
    public var capabilities: TransportCapabilities { transport.capabilities }

    /// - Parameters:
    ///   - perSecond: messages, above 0.
    ///   - burst: how many may go at once after a pause, 1 or more.
    ///   - longestWait: who would have to wait longer is refused with `.notSent`, so that nothing piles up here.
    public init(
        _ transport: any MessageTransport, perSecond: Double, burst: Int = 1, longestWait: Duration = .seconds(30),
        time: any TimeSource = SystemTimeSource()
    ) {
        precondition(perSecond > 0 && burst > 0, "A route lets something through.")
        self.transport = transport
        interval = .nanoseconds(Int64(1e9 / perSecond))
        (self.burst, self.longestWait, self.time) = (burst, longestWait, time)
    }

    public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let now = time.now()
        let wait = arrival.withLock { arrival -> Duration? in
            let theoretical = max(arrival ?? now, now)
            let wait = (theoretical - now) - interval * (burst - 1)
            guard wait <= longestWait else { return nil }
            arrival = theoretical + interval
            return wait
        }
        guard let wait else {
            let refusal = ProviderRefusal(.throttled, provider: name, providerCode: "", of: message.destination)
            throw TransportError(.notSent, refusal)
        }
        if wait > .zero {
            do { try await time.sleep(for: wait) } catch {
                throw TransportError(.notSent, "Stopped while the message waited for its turn.")
            }
        }
        return try await transport.send(message)
    }

    public func run(_ events: any TransportEventHandler) async { await transport.run(events) }
    public func note(_ feedback: RouteFeedback) { transport.note(feedback) }
}
