package import IdentityTypes
package import RecordStorage

/// Drains the queue to the transport, several messages at a time, and wipes each when the transport is done with it.
package struct MessageDispatcher: Sendable {
    private let queue: MessageQueue
    private let transport: any MessageTransport
    private let observer: any Observer
    private let time: any TimeSource
    /// How often a message that certainly was not sent is tried again.
    private let attempts: Int

    package init(
        queue: MessageQueue, transport: any MessageTransport, observer: any Observer, time: any TimeSource = SystemTimeSource(),
        attempts: Int = 3
    ) {
        self.queue = queue
        self.transport = transport
        self.observer = observer
        self.time = time
        self.attempts = attempts
    }

    /// Runs until the task is cancelled.
    package func run() async {
        await withTaskGroup { group in
            for _ in 0..<max(1, transport.capabilities.concurrency) {
                group.addTask {
                    while let item = await queue.next() { await handOver(item) }
                }
            }
        }
    }

    private func handOver(_ item: MessageQueue.Item) async {
        // A number that gets no message takes the same way up to here: nobody outside can tell.
        guard case .message(let message) = item else { return }
        defer { message.wipe() }
        for attempt in 1...attempts {
            do {
                _ = try await transport.send(message)
                return observer.observe(Observation(.dispatcher, "handed-over"))
            } catch {
                guard error.code == .notSent, attempt < attempts, !Task.isCancelled else {
                    return observer.observe(Observation(.dispatcher, "not-handed-over", errorCode: error.code.rawValue))
                }
                do { try await time.sleep(for: .milliseconds(200 * attempt)) } catch { return }
            }
        }
    }
}
