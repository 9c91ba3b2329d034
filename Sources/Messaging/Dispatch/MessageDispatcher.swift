package import IdentityTypes
package import RecordStorage

/// Drains the queue to the transport, several messages at a time, and wipes each when the transport is done with it.
package struct MessageDispatcher: Sendable {
    private let queue: MessageQueue
    private let transport: any MessageTransport
    private let ledger: DeliveryLedger
    private let observer: any Observer
    private let time: any TimeSource
    /// How often a message that certainly was not sent is tried again.
    private let attempts: Int

    package init(
        queue: MessageQueue, transport: any MessageTransport, ledger: DeliveryLedger, observer: any Observer,
        time: any TimeSource = SystemTimeSource(), attempts: Int = 6
    ) {
        self.queue = queue
        self.transport = transport
        self.ledger = ledger
        self.observer = observer
        self.time = time
        self.attempts = attempts
    }

    /// Runs until the task is cancelled.
    package func run() async {
        await withTaskGroup { group in
            for _ in 0..<max(1, transport.capabilities.concurrency) {
                group.addTask {
                    while let item = await queue.next() { await measured(item) }
                }
            }
        }
    }

    private func measured(_ item: MessageQueue.Item) async {
        // A number that gets no message takes the same way up to here: nobody outside can tell.
        guard case .message(let message) = item else { return }
        await observer.measure(.handOver) { await handOver(message) }
    }

    private func handOver(_ message: OutboundMessage) async {
        defer { message.wipe() }
        let entry: DeliveryLedger.Entry
        // What no record says was sent is not sent.
        do { entry = try await ledger.begin(message) } catch { return observe("not-recorded", message, error.code.rawValue) }
        for attempt in 1...attempts {
            do {
                let receipt = try await transport.send(message)
                await note(message) { () throws(StorageError) in try await ledger.end(entry, with: receipt) }
                return observe("handed-over", message, route: receipt.route)
            } catch {
                let isOver = error.code != .notSent || attempt == attempts || Task.isCancelled
                guard isOver else {
                    let pause = min(error.retryAfter ?? .milliseconds(200 << (attempt - 1)), .seconds(30))
                    // Cancelled in between: it was not sent, and that is written down.
                    do { try await time.sleep(for: pause) } catch {
                        return await give(up: message, entry, TransportError(.notSent, "Stopped."))
                    }
                    continue
                }
                return await give(up: message, entry, error)
            }
        }
    }

    private func give(up message: OutboundMessage, _ entry: DeliveryLedger.Entry, _ error: TransportError) async {
        await note(message) { () throws(StorageError) in try await ledger.end(entry, with: error, by: transport.name) }
        observe(
            "not-handed-over", message, error.code.rawValue, route: error.refusal?.provider ?? transport.name, cause: error.refusal?.cause)
    }

    /// Writes down how it ended. What cannot be written now is unknown to whoever reads: it is not sent again for that.
    private func note(_ message: OutboundMessage, _ write: () async throws(StorageError) -> MessageDelivery?) async {
        do {
            if let feedback = try await write()?.feedback { transport.note(feedback) }
        } catch {
            observe("outcome-not-recorded", message, error.code.rawValue)
        }
    }

    private func observe(
        _ name: String, _ message: OutboundMessage, _ errorCode: String? = nil, route: String? = nil, cause: ProviderRefusal.Cause? = nil
    ) {
        var labels: [Observation.Label: String] = [.channel: message.channel.rawValue, .purpose: "\(message.purpose)"]
        labels[.route] = route
        labels[.cause] = cause?.rawValue
        labels[.region] = message.destination.region?.code
        observer.observe(Observation(.dispatcher, name, errorCode: errorCode, labels: labels))
    }
}
