#if SMPP
    import GatewayConnection
    import Messaging
    import NIOCore

    /// One connection to the message centre: binding, the window, and whether the other end is there. Used on its event loop only.
    final class SMPPConnection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        enum Role: Hashable, Sendable {
            case transceiver, transmitter, receiver

            var command: Command {
                switch self {
                case .transceiver: .bindTransceiver
                case .transmitter: .bindTransmitter
                case .receiver: .bindReceiver
                }
            }
        }

        private enum State {
            case opening
            case binding
            case bound
            /// No more submissions; answers to those under way are waited for.
            case draining
            case unbinding
            case closed
        }

        private let role: Role
        private let core: GatewayCore
        private let settings: SMPPSettings
        private var context: ChannelHandlerContext?
        private var state = State.opening
        private(set) var serial: UInt64 = 0
        private(set) var wasBound = false

        private var assembler = UnitAssembler()
        private var sequences = SequenceNumbers()
        private var bindSequence: UInt32 = 0
        private var pending: [UInt32: Part] = [:]
        /// Given up for want of an answer. They keep their places: the message centre may still be at work on them.
        private var abandoned: Set<UInt32> = []
        /// In the order in which they were written, answered ones included.
        private var deadlines: CircularBuffer<(sequence: UInt32, deadline: NIODeadline)> = []
        private var lastHeard = NIODeadline.now()
        /// Of an enquire_link that anything at all will answer.
        private var enquirySequence: UInt32?
        private var isFlushDue = false
        private var written: [Part] = []
        private var unknown = 0

        private var answerTimer = Deadline()
        /// Binding, draining and unbinding, one after another.
        private var stageTimer = Deadline()
        private var enquiryTimer = Deadline()

        init(role: Role, core: GatewayCore) {
            self.role = role
            self.core = core
            settings = core.settings
        }

        // MARK: For the core

        /// How many more submit_sm may be under way.
        var places: Int { state == .bound && role != .receiver ? max(0, settings.window - pending.count - abandoned.count) : 0 }

        func submit(_ part: Part) {
            guard let context else { return core.settle(part, .failed(Self.lostUnsent)) }
            let sequence = nextSequence()
            part.number(sequence)
            pending[sequence] = part
            deadlines.append((sequence, .now() + settings.responseTimeout.timeAmount))
            watchAnswers()
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { [self] result in
                switch result {
                case .success:
                    part.isWritten = true
                    if !part.mayBeRepeated { wipeSoon(part, context) }
                case .failure:
                    // The kernel never had all of it, and half a PDU is none. Behind TLS several share a record, of which some may have gone out.
                    guard settings.tls == nil, pending.removeValue(forKey: sequence) != nil else { return }
                    core.settle(part, .failed(Self.lostUnsent))
                }
            }
            write(part.bytes, context, promise)
        }

        /// In the next turn of the event loop: in this one SwiftNIO still holds what it has just written, and wiping would make a copy.
        private func wipeSoon(_ part: Part, _ context: ChannelHandlerContext) {
            written.append(part)
            guard written.count == 1 else { return }
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            context.eventLoop.execute { bound.value.wipeWritten() }
        }

        private func wipeWritten() {
            for part in written { part.wipe() }
            written = []
        }

        private static let lostUnsent = TransportError(.notSent, "The connection was lost before the message was sent.")
        private static let lostSent = TransportError(.maybeSent, "The connection was lost before the message centre answered.")

        /// Lets what is under way be answered, unbinds and closes.
        func stop() {
            switch state {
            case .bound:
                state = .draining
                guard let context else { return }
                stageTimer.set(settings.grace, on: context.eventLoop) { self.unbind() }
                if pending.isEmpty { unbind() }
            case .opening, .binding: close()
            case .draining, .unbinding, .closed: break
            }
        }

        private func close() {
            // TLS takes its time to close: nothing more goes into it.
            if state == .bound || state == .draining { state = .unbinding }
            core.retired(self)
            context?.close(promise: nil)
        }

        /// Answers a request of the message centre's; it may be gone by then.
        func answer(_ command: Command, _ sequence: UInt32, _ status: CommandStatus) {
            guard let context, state != .closed else { return }
            var body = ByteBuffer()
            // message_id, unused (SMPP 3.4 §4.6.2).
            if command == .deliver || command == .data { body.writeInteger(UInt8(0)) }
            write(ProtocolUnit(command.answer, status: status, sequence: sequence, body: body).bytes, context)
        }

        // MARK: Writing

        private func nextSequence() -> UInt32 { sequences.next { pending[$0] == nil && !abandoned.contains($0) } }

        /// Everything that is written in one turn of the event loop goes to the socket at once.
        private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil) {
            context.write(wrapOutboundOut(bytes), promise: promise)
            guard !isFlushDue else { return }
            isFlushDue = true
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            context.eventLoop.execute { bound.value.flush() }
        }

        private func flush() {
            isFlushDue = false
            context?.flush()
        }

        private func request(_ command: Command, _ context: ChannelHandlerContext) -> UInt32 {
            let sequence = nextSequence()
            write(ProtocolUnit(command, sequence: sequence).bytes, context)
            return sequence
        }

        // MARK: Beginning

        func handlerAdded(context: ChannelHandlerContext) {
            self.context = context
            if context.channel.isActive { bind(context) }
        }

        func channelActive(context: ChannelHandlerContext) { bind(context) }

        private func bind(_ context: ChannelHandlerContext) {
            guard state == .opening else { return }
            serial = core.opened(self)
            guard !core.isStopping else { return close() }
            state = .binding
            // With TLS nothing of it leaves before the certificate is verified.
            bindSequence = nextSequence()
            let password = Secret(BindRequest.bytes(role.command, sequence: bindSequence, settings: settings))
            let promise = context.eventLoop.makePromise(of: Void.self)
            write(password.bytes, context, promise)
            promise.futureResult.assumeIsolated().whenComplete { _ in
                let bound = NIOLoopBound(password, eventLoop: context.eventLoop)
                context.eventLoop.execute { bound.value.bytes.wipe() }
            }
            stageTimer.set(settings.bindTimeout, on: context.eventLoop) { [self] in
                core.bindFailed("The message centre did not answer the bind in time.", nil)
                close()
            }
        }

        private final class Secret {
            var bytes: ByteBuffer
            init(_ bytes: ByteBuffer) { self.bytes = bytes }
        }

        private func bound(_ status: CommandStatus, _ context: ChannelHandlerContext) {
            guard state == .binding else { return }
            stageTimer.clear()
            guard status == .ok else {
                core.bindFailed(
                    "", ProviderRefusal(status.meaning.cause, provider: settings.name, providerCode: status.text, of: .unknown))
                state = .unbinding
                return close()
            }
            state = .bound
            wasBound = true
            watchSilence(settings.enquireLinkInterval, context)
            core.bound(self, role)
        }

        // MARK: Whether the other end is there

        private func watchSilence(_ time: Duration, _ context: ChannelHandlerContext) {
            enquiryTimer.set(time, on: context.eventLoop) { [self] in
                let left = lastHeard + settings.enquireLinkInterval.timeAmount - .now()
                guard left <= .zero else { return watchSilence(.nanoseconds(left.nanoseconds), context) }
                enquirySequence = request(.enquireLink, context)
                enquiryTimer.set(settings.responseTimeout, on: context.eventLoop) { [self] in
                    core.observe("silent")
                    close()
                }
            }
        }

        private func watchAnswers() {
            guard !answerTimer.isSet, let context, let first = deadlines.first else { return }
            answerTimer.set(first.deadline, on: context.eventLoop) { [self] in
                answerTimer.clear()
                expireAnswers()
            }
        }

        private func expireAnswers() {
            let now = NIODeadline.now()
            while let first = deadlines.first, first.deadline <= now || pending[first.sequence] == nil {
                deadlines.removeFirst()
                guard let part = pending.removeValue(forKey: first.sequence) else { continue }
                abandoned.insert(first.sequence)
                unknown += 1
                core.settle(part, .failed(TransportError(.maybeSent, "The message centre did not answer in time.")))
            }
            watchAnswers()
            // One that leaves so many without an answer is left.
            if abandoned.count > settings.window / 2 { close() }
            if state == .draining, pending.isEmpty { unbind() }
        }

        // MARK: What comes in

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            // What SwiftNIO reads into is its own to reuse, and cannot be wiped here; slices of it go as soon as they are read.
            var bytes = unwrapInboundIn(data)
            assembler.append(&bytes)
            do {
                while state != .closed, let unit = try assembler.next() {
                    lastHeard = .now()
                    if enquirySequence != nil {
                        enquirySequence = nil
                        watchSilence(settings.enquireLinkInterval, context)
                    }
                    receive(unit, context)
                }
            } catch {
                core.observe("unreadable")
                answer(.genericNack, 0, .invalidCommandLength)
                flush()
                return close()
            }
            core.pump()
        }

        private func receive(_ unit: ProtocolUnit, _ context: ChannelHandlerContext) {
            switch unit.command {
            case .enquireLink: answer(.enquireLink, unit.sequence, .ok)
            case .deliver, .data:
                guard role != .transmitter, wasBound, state != .unbinding else {
                    return answer(unit.command, unit.sequence, .temporaryError)
                }
                core.inbox.take(unit, by: self, core)
            case .submit.answer: submitted(unit)
            case .genericNack: refusedUnread(unit, context)
            case role.command.answer where unit.sequence == bindSequence: bound(unit.status, context)
            case .unbind:
                answer(.unbind, unit.sequence, .ok)
                flush()
                close()
            case .unbind.answer where state == .unbinding: close()
            // No answer is due (SMPP 3.4 §4.12.1, §4.1.7), and answers to nothing get none.
            case .alertNotification, .outbind: break
            case let command where command.isAnswer: if command != Command.enquireLink.answer { core.observe("unexpected-answer") }
            default: write(ProtocolUnit(.genericNack, status: .invalidCommandID, sequence: unit.sequence).bytes, context)
            }
        }

        private func submitted(_ unit: ProtocolUnit) {
            if abandoned.remove(unit.sequence) != nil { return core.observe("late-answer") }
            guard let part = pending.removeValue(forKey: unit.sequence) else { return core.observe("unexpected-answer") }
            var body = unit.body
            // One without a name is taken all the same.
            let id = (try? body.readCString(limit: 65))?.printableText ?? ""
            core.answered(part, unit.status, id: id)
            dropAnswered()
            if state == .draining, pending.isEmpty { unbind() }
        }

        /// The message centre could not read a request: a message is refused with it, and a bind has failed.
        private func refusedUnread(_ unit: ProtocolUnit, _ context: ChannelHandlerContext) {
            if state == .binding { return bound(unit.status == .ok ? .invalidCommandID : unit.status, context) }
            guard let part = pending.removeValue(forKey: unit.sequence) else { return }
            core.answered(part, unit.status == .ok ? .invalidCommandID : unit.status, id: "")
            dropAnswered()
        }

        private func dropAnswered() {
            while let first = deadlines.first, pending[first.sequence] == nil { deadlines.removeFirst() }
        }

        // MARK: The end

        private func unbind() {
            guard state == .draining, let context else { return }
            state = .unbinding
            _ = request(.unbind, context)
            stageTimer.set(min(settings.bindTimeout, .seconds(2)), on: context.eventLoop) { self.close() }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if state == .binding, GatewayTLS.isFailure(error) {
                core.bindFailed(
                    "TLS came to nothing: is it the message centre's certificate, and is it signed by one of the authorities?", nil)
            }
            close()
        }

        func channelInactive(context: ChannelHandlerContext) {
            answerTimer.clear()
            stageTimer.clear()
            enquiryTimer.clear()
            if state == .binding { core.bindFailed("The message centre closed the connection before it was bound.", nil) }
            state = .closed
            self.context = nil
            // By now SwiftNIO has failed what was still to be written: these are with the kernel, or behind TLS perhaps.
            let lost = pending.sorted { $0.key < $1.key }.map(\.value)
            pending = [:]
            unknown += lost.count
            for part in lost { core.settle(part, .failed(Self.lostSent)) }
            core.closed(serial, self, wasBound: wasBound, unknown: unknown)
            context.fireChannelInactive()
        }
    }
#endif
