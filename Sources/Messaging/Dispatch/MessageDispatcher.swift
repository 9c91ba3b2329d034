/// Drains the queue to the transport, several messages at a time.
package struct MessageDispatcher: Sendable {
    private let queue: MessageQueue
    private let handOver: MessageHandOver

    package init(queue: MessageQueue, handOver: MessageHandOver) { (self.queue, self.handOver) = (queue, handOver) }

    /// Runs until the task is cancelled.
    package func run() async {
        await withTaskGroup { group in
            for _ in 0..<max(1, handOver.transport.capabilities.concurrency) {
                group.addTask {
                    while let item = await queue.next() {
                        // A number that gets no message takes the same way up to here: nobody outside can tell.
                        guard case .message(let message) = item else { continue }
                        // What became of it is recorded and observed; nobody waits for it here.
                        try? await handOver(message)
                    }
                }
            }
        }
    }
}
