#if SMPP
    import NIOCore

    /// Bytes that are not what their length, or the protocol, says.
    enum Malformed: Error {
        /// The stream cannot be read any further.
        case length
        /// This body is none; the next PDU may be.
        case body
        case parameters
    }

    /// One PDU: header and what follows, SMPP 3.4 §3.2.
    struct ProtocolUnit: Hashable, Sendable {
        static let headerLength = 16
        static let longest = 65_536

        var command: Command
        var status: CommandStatus
        var sequence: UInt32
        var body: ByteBuffer

        init(_ command: Command, status: CommandStatus = .ok, sequence: UInt32, body: ByteBuffer = ByteBuffer()) {
            (self.command, self.status, self.sequence, self.body) = (command, status, sequence, body)
        }

        func write(to buffer: inout ByteBuffer) {
            buffer.writeMultipleIntegers(
                UInt32(Self.headerLength + body.readableBytes), command.rawValue, status.rawValue, sequence,
                as: (UInt32, UInt32, UInt32, UInt32).self)
            buffer.writeImmutableBuffer(body)
        }

        var bytes: ByteBuffer {
            var buffer = ByteBuffer()
            buffer.reserveCapacity(Self.headerLength + body.readableBytes)
            write(to: &buffer)
            return buffer
        }
    }

    /// Puts PDUs together from what the socket hands out.
    struct UnitAssembler {
        private var buffer = ByteBuffer()

        /// Bytes of a PDU that is not complete.
        var heldBytes: Int { buffer.readableBytes }

        mutating func append(_ bytes: inout ByteBuffer) {
            if buffer.readableBytes == 0 {
                buffer = bytes
            } else {
                buffer.discardReadBytes()
                buffer.writeBuffer(&bytes)
            }
        }

        /// The next PDU that is complete. A length that cannot be is told as soon as its four octets are there.
        mutating func next() throws(Malformed) -> ProtocolUnit? {
            guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
            guard (ProtocolUnit.headerLength...ProtocolUnit.longest).contains(Int(length)) else { throw .length }
            guard buffer.readableBytes >= Int(length), var slice = buffer.readSlice(length: Int(length)),
                let (_, command, status, sequence) = slice.readMultipleIntegers(as: (UInt32, UInt32, UInt32, UInt32).self)
            else { return nil }
            if buffer.readableBytes == 0 { buffer = ByteBuffer() }
            return ProtocolUnit(
                Command(rawValue: command), status: CommandStatus(rawValue: status), sequence: sequence, body: slice)
        }
    }

    /// Numbers requests, 1...0x7FFFFFFF and around again (SMPP 3.4 §5.1.4).
    struct SequenceNumbers {
        private var last: UInt32

        init(after last: UInt32 = 0) { self.last = last }

        mutating func next(where isFree: (UInt32) -> Bool = { _ in true }) -> UInt32 {
            repeat { last = last >= 0x7FFF_FFFF ? 1 : last + 1 } while !isFree(last)
            return last
        }
    }

    extension ByteBuffer {
        /// A C-octet string of at most `limit` octets, its NUL included; without the NUL.
        mutating func readCString(limit: Int) throws(Malformed) -> ByteBuffer {
            let length = withUnsafeReadableBytes { $0.prefix(limit).firstIndex(of: 0) }
            guard let length, let text = readSlice(length: length) else { throw .body }
            moveReaderIndex(forwardBy: 1)
            return text
        }

        mutating func writeCString(_ text: String) {
            writeString(text)
            writeInteger(UInt8(0))
        }

        mutating func readOctet() throws(Malformed) -> UInt8 {
            guard let octet = readInteger(as: UInt8.self) else { throw .body }
            return octet
        }

        /// Printable ASCII, and `?` for anything else: names that message centres give, and senders of the host's own.
        var printableText: String {
            withUnsafeReadableBytes { bytes in String(decoding: bytes.map { (0x21...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self) }
        }

        /// Overwrites every octet that was written, in place where this is the only reference left; a reference elsewhere keeps its own.
        mutating func wipe() {
            moveReaderIndex(to: 0)
            withUnsafeMutableReadableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
        }
    }
#endif
