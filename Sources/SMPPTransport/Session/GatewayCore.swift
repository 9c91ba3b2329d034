#if SMPP
    import GatewayConnection
    import IdentityTypes
    import Messaging
    import NIOCore

    /// What a gateway knows: what waits to be sent, the connections, and when to pause. Used on its event loop only.
    final class GatewayCore {
        let settings: SMPPSettings
        let loop: any EventLoop
        let inbox: GatewayInbox
        private let observer: any Observer
        private let counts: OutcomeCounts

        private var waiting: CircularBuffer<Part> = []
        /// Those that take messages, and all that are open.
        private var ready: [SMPPConnection] = []
        private var open: [UInt64: SMPPConnection] = [:]
        private var lastSerial: UInt64 = 0
        private var pause: ThrottlePause
        private var pace: Pace?
        private var resumption = Deadline()
        private var expiry = Deadline()
        private(set) var isStopping = true
        /// Why there is no connection.
        private var failure: TransportError
        private var nextAttempt: NIODeadline?

        init(_ settings: SMPPSettings, inbox: GatewayInbox, loop: any EventLoop, observer: any Observer, counts: OutcomeCounts) {
            (self.settings, self.inbox, self.loop, self.observer, self.counts) = (settings, inbox, loop, observer, counts)
            pause = ThrottlePause(settings.throttlePause, now: .now())
            pace = Pace(perSecond: settings.messagesPerSecond, now: .now())
            failure = TransportError(.notSent, "The gateway does not run: run(_:) keeps its connections.")
        }

        // MARK: Running

        func begin(receipts: AsyncStream<Delivery>.Continuation, inbound: AsyncStream<Delivery>.Continuation) {
            inbox.begin(receipts: receipts, inbound: inbound)
            isStopping = false
            failure = TransportError(.notSent, "No connection to the message centre is bound yet.")
        }

        /// Takes no more messages, and lets connections go once theirs are answered.
        func stop() {
            guard !isStopping else { return }
            isStopping = true
            failWaiting(TransportError(.notSent, "The gateway stops."))
            for connection in open.values { connection.stop() }
        }

        func ended() {
            isStopping = true
            failure = TransportError(.notSent, "The gateway does not run: run(_:) keeps its connections.")
        }

        // MARK: Messages

        func submit(_ submission: Submission, _ units: [ByteBuffer]) {
            let deadline = NIODeadline.now() + settings.responseTimeout.timeAmount
            let parts = units.enumerated().map { Part(submission, $0.offset, $0.element, deadline: deadline) }
            guard !submission.call.isCancelled.load(ordering: .acquiring) else { return fail(parts, Self.cancelled) }
            guard !isStopping, !ready.isEmpty else { return fail(parts, unbound) }
            guard waiting.count + parts.count <= 10_000 + settings.window * settings.connections else {
                return fail(parts, TransportError(.notSent, "\(waiting.count) messages wait for the message centre already."))
            }
            waiting.append(contentsOf: parts)
            pump()
        }

        func cancel(_ call: Call) {
            guard waiting.contains(where: { $0.submission.call === call }) else { return }
            let cancelled = waiting.filter { $0.submission.call === call }
            waiting.removeAll { $0.submission.call === call }
            fail(Array(cancelled), Self.cancelled)
        }

        private static let cancelled = TransportError(.notSent, "The task was cancelled before the message was sent.")

        private var unbound: TransportError {
            let now = NIODeadline.now()
            let left = nextAttempt.map { $0 > now ? Duration.nanoseconds(($0 - now).nanoseconds) : .zero }
            return TransportError(failure.code, failure.reason, refusal: failure.refusal, retryAfter: left)
        }

        private func fail(_ parts: [Part], _ error: TransportError) {
            for part in parts { settle(part, .failed(error)) }
        }

        private func failWaiting(_ error: TransportError) {
            let parts = Array(waiting)
            waiting.removeAll()
            expiry.clear()
            fail(parts, error)
        }

        /// Hands over what waits, as far as pause, pace and windows let it.
        func pump() {
            expireWaiting()
            while !waiting.isEmpty {
                let now = NIODeadline.now()
                let opening = max(pause.end, pace?.opening(now: now) ?? now)
                guard opening <= now else {
                    resumption.set(opening, on: loop) { [weak self] in self?.pump() }
                    return watchWaiting()
                }
                guard let connection = ready.max(by: { $0.places < $1.places }), connection.places > 0 else { return watchWaiting() }
                pace?.take(now: now)
                connection.submit(waiting.removeFirst())
            }
            expiry.clear()
        }

        private func expireWaiting() {
            let now = NIODeadline.now()
            while let part = waiting.first, part.deadline <= now {
                waiting.removeFirst()
                let left = pause.left(now: now)
                settle(
                    part,
                    .failed(
                        TransportError(
                            .notSent, "The message centre did not take it in its time.", retryAfter: left > .zero ? left : nil)))
            }
        }

        private func watchWaiting() {
            guard !expiry.isSet, let first = waiting.first else { return }
            expiry.set(first.deadline, on: loop) { [weak self] in
                self?.expiry.clear()
                self?.pump()
            }
        }

        // MARK: Outcomes

        func answered(_ part: Part, _ status: CommandStatus, id: String) {
            let now = NIODeadline.now()
            guard status != .ok else {
                pause.relax(now: now)
                return settle(part, .accepted(inbox.receipts.canonical(submitted: id)))
            }
            if status.isThrottling {
                if pause.begin(now: now) { observe("throttled", errorCode: status.text) }
                if part.mayBeRepeated, !isStopping, part.deadline > now {
                    // Before the others: their order is that of their deadlines.
                    return waiting.prepend(part)
                }
            }
            let meaning = status.meaning
            let refusal = ProviderRefusal(
                meaning.cause, provider: settings.name, providerCode: status.text, of: part.submission.destination)
            let left = pause.left(now: now)
            settle(part, .failed(TransportError(meaning.code, refusal, retryAfter: status.isThrottling ? left : nil)))
        }

        func settle(_ part: Part, _ outcome: PartOutcome) {
            switch outcome {
            case .accepted: counts.count { $0.accepted += 1 }
            case .failed(let error) where error.code == .maybeSent:
                counts.count { $0.unknown += 1 }
                inbox.noteUnknown(part.submission.tags)
            case .failed(let error) where error.code == .refused: counts.count { $0.refused += 1 }
            case .failed: counts.count { $0.notSent += 1 }
            }
            part.settle(outcome)
        }

        // MARK: Connections

        func opened(_ connection: SMPPConnection) -> UInt64 {
            lastSerial += 1
            open[lastSerial] = connection
            return lastSerial
        }

        func isOpen(_ serial: UInt64) -> Bool { open[serial] != nil }

        func bound(_ connection: SMPPConnection, _ role: SMPPConnection.Role) {
            observe("bound")
            guard role != .receiver else { return }
            ready.append(connection)
            observe("window", count: ready.count * settings.window)
            pump()
        }

        /// No longer for messages.
        func retired(_ connection: SMPPConnection) {
            guard let index = ready.firstIndex(where: { $0 === connection }) else { return }
            ready.remove(at: index)
            guard ready.isEmpty else { return }
            failure = TransportError(.notSent, "The connection to the message centre is lost.")
            failWaiting(failure)
        }

        func closed(_ serial: UInt64, _ connection: SMPPConnection, wasBound: Bool, unknown: Int) {
            open[serial] = nil
            retired(connection)
            if wasBound { observe("unbound") }
            if unknown > 0 { observe("unknown", count: unknown) }
            pump()
        }

        /// - Parameter refusal: what the message centre said to the bind.
        func bindFailed(_ reason: String, _ refusal: ProviderRefusal?) {
            failure = refusal.map { TransportError(.notSent, $0) } ?? TransportError(.notSent, reason)
            observe("bind-failed", errorCode: refusal?.cause.rawValue)
        }

        func attemptDue(in pause: Duration) {
            nextAttempt = .now() + pause.timeAmount
            observe("reconnect")
        }

        func observe(_ name: String, count: Int = 1, errorCode: String? = nil) {
            observer.observe(Observation(.transport, name, count: count, errorCode: errorCode))
        }
    }
#endif
