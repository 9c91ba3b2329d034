#if SMTP
    import Messaging
    import NIOCore

    /// One message: MAIL, RCPT, DATA, and the message itself.
    extension SMTPConnection {
        func begin(_ transaction: Transaction) {
            guard let context else { return lost("The connection to the mail server was lost.") }
            guard !transaction.call.isCancelled.load(ordering: .acquiring) else { return refuseUnasked(.cancelled) }
            let message = transaction.message
            if let error = expired(message) { return refuseUnasked(error) }
            switch prepare(message, context.channel.allocator) {
            case nil: return refuseUnasked(.wiped)
            case let fault??: return refuseUnasked(fault.error(provider: settings.name, of: message.destination))
            case .some(nil): break
            }
            phase = .envelope
            wait(settings.timeouts.command)
            if extensions.pipelining {
                pending.append(contentsOf: [.sender, .recipient, .data])
                writeCommands(context)
            } else if let mail {
                pending.append(.sender)
                write(senderCommand(mail))
            }
        }

        /// Writes the message out, in a place of its own: nothing else holds what is to be wiped.
        ///
        /// - Returns: why this server gets none; `nil` where the message was wiped.
        private func prepare(_ message: OutboundMessage, _ allocator: ByteBufferAllocator) -> MailFault?? {
            message.withContent { [encoder = pool.encoder, date = pool.time.now()] content -> MailFault? in
                let encoded = encoder.encode(
                    to: content.recipient, text: content.text, subject: message.subject, language: message.language,
                    key: message.idempotencyKey, date: date)
                switch encoded {
                case .failure(let fault): return fault
                case .success(let mail):
                    commands = commands(to: content.recipient, mail, allocator)
                    self.mail = mail
                    return fault(of: mail)
                }
            }
        }

        /// A code that is over is of no use to anybody.
        private func expired(_ message: OutboundMessage) -> TransportError? {
            guard let end = message.expiresAt, pool.time.now() >= end else { return nil }
            return TransportError(
                .notSent, ProviderRefusal(.expired, provider: settings.name, providerCode: "", of: message.destination))
        }

        /// What this server, as it said, would not take.
        private func fault(of mail: EncodedMail) -> MailFault? {
            if !mail.address.isASCII, !extensions.smtpUTF8 { return .notASCII }
            if let limit = extensions.sizeLimit, limit < mail.bytes.readableBytes { return .size }
            return nil
        }

        /// Nothing was said to the server: the connection goes on as if there had been no message.
        private func refuseUnasked(_ error: TransportError) {
            settle(.failure(error))
            rest()
        }

        // MARK: The envelope

        private func senderCommand(_ mail: EncodedMail) -> String {
            var command = "MAIL FROM:<\(settings.envelopeSender ?? settings.from)>"
            // RFC 1870 §6; RFC 6531 §3.4: the header has the address as it is, so eight bits.
            if extensions.size { command += " SIZE=\(mail.bytes.readableBytes)" }
            if !mail.address.isASCII { command += " BODY=8BITMIME SMTPUTF8" }
            return command + "\r\n"
        }

        private func commands(to recipient: UnsafeRawBufferPointer, _ mail: EncodedMail, _ allocator: ByteBufferAllocator) -> ByteBuffer {
            // More than all of it can be: grown later, the buffer would leave a copy behind.
            var buffer = allocator.buffer(capacity: 1_024)
            if extensions.pipelining { buffer.writeString(senderCommand(mail)) }
            buffer.writeStaticString("RCPT TO:<")
            buffer.writeBytes(recipient)
            buffer.writeStaticString(">\r\n")
            if extensions.pipelining { buffer.writeStaticString("DATA\r\n") }
            return buffer
        }

        private func writeCommands(_ context: ChannelHandlerContext) {
            guard let bytes = commands.take() else { return }
            writeSecret(bytes, context)
        }

        func envelope(_ reply: Reply, _ step: Step) {
            guard phase == .envelope else { return drain(reply, step) }
            switch (step, reply.code) {
            case (_, 400...):
                if movesOn(reply, step) { return }
                settle(.failure(meaning(reply, step.stage)))
                reply.code == 421 ? close() : drain(reply, step)
            case (.sender, 200..<300):
                guard let context, !extensions.pipelining else { return }
                pending.append(.recipient)
                writeCommands(context)
            case (.recipient, 200..<300):
                guard !extensions.pipelining else { return }
                pending.append(.data)
                write("DATA\r\n")
            case (.data, 354): writeText()
            default: lost("The mail server answers what nobody asked.", mayRetry: false)
            }
        }

        /// The envelope was refused: what else was asked with it is answered, and then it is forgotten (RFC 5321 §4.1.1.5).
        private func drain(_ reply: Reply, _ step: Step) {
            phase = .draining
            // It would take a message for nobody (RFC 2920 §3.1): none is given to it.
            if step == .data, reply.code == 354 { return close() }
            if pending.isEmpty { reset() }
        }

        private func reset() {
            phase = .draining
            pending.append(.reset)
            wait(settings.timeouts.command)
            write("RSET\r\n")
        }

        // MARK: The message

        /// All but its end, and when the socket has that, its end: as long as that was not written, no server has a message.
        private func writeText() {
            if let error = transaction.flatMap({ expired($0.message) }) {
                settle(.failure(error))
                return close()
            }
            guard let context, let bytes = mail.take()?.bytes else { return }
            phase = .text
            wait(settings.timeouts.block)
            writeSecret(bytes, context) { [weak self] wasWritten in
                guard let self, phase == .text else { return }
                guard wasWritten else { return lost("The connection to the mail server was lost.") }
                phase = .committed
                pending.append(.content)
                wait(settings.timeouts.acceptance)
                write(".\r\n")
            }
        }

        func answered(_ reply: Reply) {
            switch reply.code {
            case 200..<300:
                settle(.success(QueueID.find(in: reply) ?? pool.encoder.messageID(transaction?.message.idempotencyKey ?? "")))
                finish()
            case 400...:
                settle(.failure(meaning(reply, .content)))
                reply.code == 421 ? close() : reset()
            default: lost("The mail server answers what nobody asked.")
            }
        }
    }
#endif
