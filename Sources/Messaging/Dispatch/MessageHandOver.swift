package import IdentityTypes
package import RecordStorage

/// Gives one message to a transport: recorded before, tried again where it certainly was not sent, and what came of it recorded after.
package struct MessageHandOver: Sendable {
    package let transport: any MessageTransport
    package let ledger: DeliveryLedger
    private let observer: any Observer
    private let time: any TimeSource
    /// How often a message that certainly was not sent is tried again.
    private let attempts: Int
    /// Between two tries, also where the gateway wants to be left alone for longer.
    private let longestPause: Duration
    /// From the beginning to the last try's beginning; `nil`: as many tries as there are.
    private let patience: Duration?

    package init(
        transport: any MessageTransport, ledger: DeliveryLedger, observer: any Observer, time: any TimeSource = SystemTimeSource(),
        attempts: Int = 6, longestPause: Duration = .seconds(30), patience: Duration? = nil
    ) {
        self.transport = transport
        self.ledger = ledger
        self.observer = observer
        self.time = time
        self.attempts = attempts
        self.longestPause = longestPause
        self.patience = patience
    }

    /// Wipes the message, however that ends.
    ///
    /// - Throws: ``TransportError``: the last try's; `.notSent` also where it could not be recorded, and so was not tried.
    package func callAsFunction(_ message: OutboundMessage) async throws(TransportError) {
        try await observer.measure(.handOver) { () async throws(TransportError) in try await handOver(message) }
    }

    private func handOver(_ message: OutboundMessage) async throws(TransportError) {
        defer { message.wipe() }
        let begun = time.now()
        let entry: DeliveryLedger.Entry
        // What no record says was sent is not sent.
        do throws(StorageError) { entry = try await ledger.begin(message) } catch {
            observe("not-recorded", message, error.code.rawValue)
            throw TransportError(.notSent, "The store did not take the record of the message: \(error.code.rawValue).")
        }
        for attempt in 1...attempts {
            if let end = message.expiresAt, time.now() >= end {
                try await give(up: message, entry, TransportError(.notSent, .expired(message, by: transport)))
            }
            do throws(TransportError) {
                let receipt = try await transport.send(message)
                await note(message) { () throws(StorageError) in try await ledger.end(entry, with: receipt) }
                return observe("handed-over", message, route: receipt.route)
            } catch {
                let isLate = patience.map { time.now() - begun >= $0 } ?? false
                let isOver = error.code != .notSent || attempt == attempts || isLate || Task.isCancelled
                guard isOver else {
                    let pause = min(error.retryAfter ?? .milliseconds(200 << (attempt - 1)), longestPause)
                    // Cancelled in between: it was not sent. A store that takes no commit of a cancelled task leaves it unknown.
                    do { try await time.sleep(for: pause) } catch {
                        try await give(up: message, entry, TransportError(.notSent, "Stopped."))
                    }
                    continue
                }
                try await give(up: message, entry, error)
            }
        }
    }

    private func give(up message: OutboundMessage, _ entry: DeliveryLedger.Entry, _ error: TransportError) async throws(TransportError) {
        await note(message) { () throws(StorageError) in try await ledger.end(entry, with: error, by: transport.name) }
        observe(
            "not-handed-over", message, error.code.rawValue, route: error.refusal?.provider ?? transport.name, cause: error.refusal?.cause)
        throw error
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

extension ProviderRefusal {
    /// It waited for longer than it is of use: the gateway was slow or down.
    fileprivate static func expired(_ message: OutboundMessage, by transport: any MessageTransport) -> Self {
        ProviderRefusal(.expired, provider: transport.name, providerCode: "", of: message.destination)
    }
}
