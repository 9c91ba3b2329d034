#if SMTP
    import GatewayConnection
    import IdentityTypes
    import Messaging
    import NIOCore
    import NIOPosix
    import NIOSSL
    import RecordStorage

    /// The messages that wait and the connections that carry them. Used on its event loop only.
    final class ConnectionPool {
        let settings: SMTPSettings
        let encoder: MailEncoder
        let tls: NIOSSLContext?
        let time: any TimeSource
        private let loop: any EventLoop
        private let observer: any Observer

        private var waiting: CircularBuffer<Transaction> = []
        /// Last come, first used: those that are not needed stay idle, and close.
        private var idle: [SMTPConnection] = []
        private var open: [ObjectIdentifier: SMTPConnection] = [:]
        private var expiry = Deadline()
        private var isShutDown = false
        private var isPumping = false
        /// How much of what was written was wiped where it lay, and how much somebody held still.
        private(set) var wipes = (inPlace: 0, elsewhere: 0)

        init(_ settings: SMTPSettings, tls: NIOSSLContext?, time: any TimeSource, loop: any EventLoop, observer: any Observer) {
            (self.settings, self.tls, self.time, self.loop, self.observer) = (settings, tls, time, loop, observer)
            encoder = MailEncoder(settings)
        }

        // MARK: Messages

        func submit(_ transaction: Transaction) {
            guard !transaction.call.isCancelled.load(ordering: .acquiring) else { return transaction.settle(.failure(.cancelled)) }
            guard waiting.count < 10_000 else {
                return transaction.settle(
                    .failure(TransportError(.notSent, "\(waiting.count) messages wait for the mail server already.")))
            }
            waiting.append(transaction)
            pump()
        }

        func cancel(_ call: Call) {
            if let index = waiting.firstIndex(where: { $0.call === call }) {
                return waiting.remove(at: index).settle(.failure(.cancelled))
            }
            open.values.first { $0.call === call }?.cancel()
        }

        /// Nothing of it was sent, and the connection was not to blame for more than its age: another gets it, once, and at once.
        func retry(_ transaction: Transaction) {
            transaction.isRetried = true
            observe("retried")
            connect(for: transaction)
        }

        private func pump() {
            // A connection that is free again at once is seen by the round that is under way: as deep as the queue this must not go.
            guard !isPumping else { return }
            isPumping = true
            defer { isPumping = false }
            while !waiting.isEmpty {
                if let connection = idle.popLast() {
                    connection.carry(waiting.removeFirst())
                } else if open.count < settings.connections {
                    connect(for: waiting.removeFirst())
                } else {
                    return watchWaiting()
                }
            }
            expiry.clear()
        }

        private func watchWaiting() {
            guard !expiry.isSet, let first = waiting.first else { return }
            expiry.set(first.deadline, on: loop) { [weak self] in
                self?.expiry.clear()
                self?.expireWaiting()
            }
        }

        private func expireWaiting() {
            let now = NIODeadline.now()
            while let transaction = waiting.first, transaction.deadline <= now {
                waiting.removeFirst()
                transaction.settle(.failure(TransportError(.notSent, "Every connection to the mail server was busy for too long.")))
            }
            watchWaiting()
        }

        // MARK: Connections

        private func connect(for transaction: Transaction) {
            let connection = SMTPConnection(self, loop: loop, for: transaction)
            open[ObjectIdentifier(connection)] = connection
            let bound = NIOLoopBound(connection, eventLoop: loop)
            ClientBootstrap(group: loop).connectTimeout(settings.timeouts.connect.timeAmount)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                // Nothing is read before the connection listens.
                .channelOption(.autoRead, value: false)
                // Of several addresses one wins, and only that is the connection's.
                .connect(host: settings.host, port: settings.port)
                .assumeIsolated().whenComplete { result in
                    switch result {
                    case .success(let channel): bound.value.join(channel)
                    case .failure: bound.value.isUnreachable()
                    }
                }
        }

        /// It has done what it was to do.
        func isFree(_ connection: SMTPConnection) {
            guard !isShutDown else { return connection.quit() }
            idle.append(connection)
            pump()
        }

        /// No longer for messages; said as often as it likes.
        func remove(_ connection: SMTPConnection) {
            idle.removeAll { $0 === connection }
            guard open.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
            // Not in the midst of what the connection is doing.
            let bound = NIOLoopBound(self, eventLoop: loop)
            loop.execute { bound.value.pump() }
        }

        /// Nobody has the gateway any more, so nothing waits.
        func shutDown() {
            isShutDown = true
            expiry.clear()
            for connection in idle { connection.quit() }
        }

        func countWipe(isInPlace: Bool) { if isInPlace { wipes.inPlace += 1 } else { wipes.elsewhere += 1 } }

        func observe(_ name: String, errorCode: String? = nil) {
            observer.observe(Observation(.transport, name, errorCode: errorCode))
        }
    }

    extension TransportError {
        static var cancelled: TransportError { TransportError(.notSent, "The task was cancelled before the message was sent.") }
        static var wiped: TransportError { TransportError(.refused, "The message was wiped before it was sent.") }
    }
#endif
