#if SMPP
    import CryptoPrimitives
    import Messaging
    import NIOCore
    import RecordStorage

    /// Makes events of what the message centre delivers. Used on the gateway's event loop only.
    final class GatewayInbox {
        /// What is done once an inbound message was taken.
        struct Closing {
            let content: Bytes16
            let assembly: InboundAssembly.Name?
        }

        /// deliver_sm without an answer; more are asked for again.
        static let limit = 1_000

        private let settings: SMPPSettings
        private let tagKey: TagKey
        private let random: any RandomSource
        private let counts: OutcomeCounts
        let receipts: ReceiptReader
        private var unknown = UnknownOutcomes()
        private var assembly = InboundAssembly()
        private var names = InboundNames()
        private var underWay = 0
        private var receiptStream: AsyncStream<Delivery>.Continuation?
        private var inboundStream: AsyncStream<Delivery>.Continuation?

        init(_ settings: SMPPSettings, tagKey: TagKey, random: any RandomSource, counts: OutcomeCounts) {
            (self.settings, self.tagKey, self.random, self.counts) = (settings, tagKey, random, counts)
            receipts = ReceiptReader(settings)
        }

        func begin(receipts: AsyncStream<Delivery>.Continuation, inbound: AsyncStream<Delivery>.Continuation) {
            (receiptStream, inboundStream, underWay) = (receipts, inbound, 0)
        }

        func noteUnknown(_ tags: MessageTags) { unknown.note(tags) }

        func take(_ unit: ProtocolUnit, by connection: SMPPConnection, _ core: GatewayCore) {
            guard !core.isStopping, underWay < Self.limit else { return connection.answer(unit.command, unit.sequence, .temporaryError) }
            let message: ShortMessage
            do {
                message = try ShortMessage(unit.command, unit.body)
            } catch {
                core.observe("inbound-unreadable")
                return connection.answer(unit.command, unit.sequence, error == .parameters ? .invalidParameters : .permanentError)
            }
            // Bits 2 to 5: what kind of message it is (SMPP 3.4 §5.2.12).
            switch message.esmClass & 0x3C {
            case 0x04: takeReceipt(message, unit, isIntermediate: false, connection, core)
            case 0x20: takeReceipt(message, unit, isIntermediate: true, connection, core)
            case 0x00: takeInbound(message, unit, connection, core)
            // Acknowledgements that a person's phone or another service sends: nobody here asks for them.
            default: connection.answer(unit.command, unit.sequence, .ok)
            }
        }

        func answer(_ origin: Delivery.Origin, isTaken: Bool) {
            underWay -= 1
            if let closing = origin.closing, isTaken {
                names.answered(closing.content)
                if let name = closing.assembly { assembly.close(name) }
            }
            origin.connection.answer(origin.command, origin.sequence, isTaken ? .ok : .temporaryError)
        }

        private func give(
            _ event: TransportEvent, _ origin: Delivery.Origin, to stream: AsyncStream<Delivery>.Continuation?, _ core: GatewayCore
        ) {
            underWay += 1
            stream?.yield(Delivery(event, origin, on: core.loop))
        }

        // MARK: Receipts

        private func takeReceipt(
            _ message: ShortMessage, _ unit: ProtocolUnit, isIntermediate: Bool, _ connection: SMPPConnection, _ core: GatewayCore
        ) {
            var key: String?
            if let reference = message.parameters.integer(ParameterTag.userMessageReference, as: UInt16.self) {
                let recipient = message.source.octets.withUnsafeReadableBytes { tagKey.recipient($0) }
                let settled = unknown.settle(reference: reference, recipient: recipient)
                key = settled?.key
                if settled?.isFirst == true {
                    counts.count { $0.settled += 1 }
                    core.observe("settled")
                }
            }
            guard let receipt = receipts.receipt(message, isIntermediate: isIntermediate, key: key) else {
                core.observe("receipt-unreadable")
                return connection.answer(unit.command, unit.sequence, .ok)
            }
            give(.receipt(receipt), Delivery.Origin(unit, connection, self), to: receiptStream, core)
        }

        // MARK: Inbound messages

        private func takeInbound(_ message: ShortMessage, _ unit: ProtocolUnit, _ connection: SMPPConnection, _ core: GatewayCore) {
            var text = message.text
            var part = Concatenation(message.parameters)
            do {
                if message.esmClass & 0x40 != 0 { part = try Concatenation.read(&text) ?? part }
            } catch {
                core.observe("inbound-unreadable")
                return connection.answer(unit.command, unit.sequence, .permanentError)
            }
            guard let coding = InboundText.Coding(message.dataCoding, alphabet: settings.alphabet) else {
                core.observe("inbound-binary")
                return connection.answer(unit.command, unit.sequence, .ok)
            }
            let sender = message.destination.octets.printableText
            let now = NIODeadline.now()
            guard let part else {
                let octets = SecretBytes(copying: text)
                return give(octets, coding, message, sender, nil, unit, connection, core)
            }
            guard text.readableBytes <= InboundAssembly.longestPart else {
                core.observe("inbound-unreadable")
                return connection.answer(unit.command, unit.sequence, .permanentError)
            }
            let name = InboundAssembly.Name(
                tag: message.source.octets.withUnsafeReadableBytes { tagKey.content([$0], sender) }, reference: part.reference,
                total: part.total)
            let before = assembly.dropped
            let whole = assembly.add(text, part.number, of: name, now: now)
            if assembly.dropped > before { core.observe("inbound-incomplete", count: assembly.dropped - before) }
            // A part is taken once it is held here: the message centre may send the next only then.
            guard let whole else { return connection.answer(unit.command, unit.sequence, .ok) }
            give(whole, coding, message, sender, name, unit, connection, core)
        }

        private func give(
            _ octets: borrowing SecretBytes, _ coding: InboundText.Coding, _ message: ShortMessage, _ sender: String,
            _ assemblyName: InboundAssembly.Name?, _ unit: ProtocolUnit, _ connection: SMPPConnection, _ core: GatewayCore
        ) {
            let content = message.source.octets.withUnsafeReadableBytes { source in
                octets.withUnsafeBytes { tagKey.content([source, $0], sender) }
            }
            let id = names.name(content, by: connection.serial, now: .now(), isOpen: core.isOpen) { Hexadecimal.encode(random.bytes(16)) }
            let inbound = message.source.octets.withUnsafeReadableBytes { source in
                InboundText.withUTF8(octets, coding) { text in
                    InboundMessage(from: source, text: text, to: sender, route: settings.name, gatewayID: id)
                }
            }
            guard let inbound else {
                // From a name or a short code: nobody can be found by it, or answered.
                if let assemblyName { assembly.close(assemblyName) }
                core.observe("inbound-unanswerable")
                return connection.answer(unit.command, unit.sequence, .ok)
            }
            let origin = Delivery.Origin(unit, connection, self, Closing(content: content, assembly: assemblyName))
            give(.inbound(inbound), origin, to: inboundStream, core)
        }
    }
#endif
