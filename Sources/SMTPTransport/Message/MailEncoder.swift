#if SMTP
    import Messaging
    import NIOCore
    import RecordStorage

    /// A message as it goes over the wire, until it is wiped: what follows DATA, without the dot that ends it.
    struct EncodedMail {
        var bytes: ByteBuffer
        let address: MailAddress
    }

    /// Writes a message's header and body from recipient and text as they are lent. Source: RFC 5322; RFC 2045 for the body.
    struct MailEncoder: Sendable {
        private let from: String
        private let domain: String

        init(_ settings: SMTPSettings) {
            from = settings.fromName.isEmpty ? settings.from : "\(HeaderText.phrase(settings.fromName))\r\n <\(settings.from)>"
            domain = settings.messageDomainInUse
        }

        /// The same for every attempt to send one message, so that whoever gets it twice can tell (RFC 5322 §3.6.4).
        func messageID(_ key: String) -> String { "\(key)@\(domain)" }

        /// - Parameters:
        ///   - key: ``OutboundMessage/idempotencyKey``.
        ///   - subject: one line.
        ///   - language: BCP 47; left out where it is none.
        func encode(
            to recipient: UnsafeRawBufferPointer, text: UnsafeRawBufferPointer, subject: String?, language: String, key: String,
            date: Timestamp
        ) -> Result<EncodedMail, MailFault> {
            guard let address = MailAddress(recipient) else { return .failure(.address) }
            let subject = subject ?? ""
            guard subject.utf8.count <= 500, !subject.unicodeScalars.contains(where: { $0.properties.isControl }) else {
                return .failure(.subject)
            }
            guard text.count <= 65_536 else { return .failure(.tooLong) }
            let encoding = BodyEncoding(for: text)
            var head = "Date: \(HeaderText.date(date))\r\nFrom: \(from)\r\n"
            // Grown later, the buffer would leave a copy behind.
            var buffer = ByteBufferAllocator().buffer(
                capacity: head.utf8.count + recipient.count + 3 * subject.utf8.count + 1_024 + BodyEncoding.limit(text.count))
            buffer.writeString(head)
            buffer.writeStaticString("To: ")
            buffer.writeBytes(recipient)
            head = "\r\n"
            if !subject.isEmpty { head += "Subject: \(HeaderText.unstructured(subject))\r\n" }
            head += "Message-ID: <\(messageID(key))>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            head += "Content-Transfer-Encoding: \(encoding.rawValue)\r\n"
            if Self.isLanguage(language) { head += "Content-Language: \(language)\r\n" }
            // Nobody's holiday is to answer (RFC 3834 §5), nor Exchange's, which looks at the second alone.
            head += "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n\r\n"
            buffer.writeString(head)
            encoding.write(text, to: &buffer)
            return .success(EncodedMail(bytes: buffer, address: address))
        }

        private static func isLanguage(_ tag: String) -> Bool {
            (1...64).contains(tag.utf8.count)
                && tag.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
                    default: false
                    }
                }
        }
    }

    extension ByteBuffer {
        /// Overwrites every byte that was written, in place where this is the only reference left; a reference elsewhere keeps its own.
        mutating func wipe() {
            moveReaderIndex(to: 0)
            withUnsafeMutableReadableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
        }
    }
#endif
