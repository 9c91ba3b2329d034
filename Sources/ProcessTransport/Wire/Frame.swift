#if Processes
    import NIOCore

    /// What goes over a connection, in both directions: u32 length of the payload ‖ u8 version, 1 ‖ u64 request id ‖ payload.
    ///
    /// Integers are big-endian. A payload has at least one byte. Ids of requests grow from 1; an answer bears its request's id, and answers
    /// come in any order. Id 0 is for the two ends themselves: a ``Greeting``.
    struct Frame: Hashable, Sendable {
        static let version: UInt8 = 1
        static let headerLength = 13

        var id: UInt64
        var payload: [UInt8]

        func write(to buffer: inout ByteBuffer) {
            buffer.writeInteger(UInt32(payload.count))
            buffer.writeInteger(Self.version)
            buffer.writeInteger(id)
            buffer.writeBytes(payload)
        }

        func bytes(_ allocator: ByteBufferAllocator) -> ByteBuffer {
            var buffer = allocator.buffer(capacity: Self.headerLength + payload.count)
            write(to: &buffer)
            return buffer
        }
    }

    /// Bytes that are no frame: the connection cannot be read any further.
    enum FrameFault: Error {
        case empty, tooLarge, unknownVersion
    }

    /// Puts frames together from what the socket hands out. Holds at most one incomplete frame, and what was read behind it at once.
    struct FrameAssembler {
        private let limit: Int
        private var buffer = ByteBuffer()

        init(limit: Int) { self.limit = limit }

        /// Whether a frame has begun and is not complete.
        var isMidFrame: Bool { buffer.readableBytes > 0 }

        mutating func append(_ bytes: inout ByteBuffer) {
            if buffer.readableBytes == 0 {
                buffer = bytes
            } else {
                buffer.discardReadBytes()
                buffer.writeBuffer(&bytes)
            }
        }

        /// The next frame that is complete. A length or version that cannot be is told as soon as its bytes are there.
        mutating func next() throws(FrameFault) -> Frame? {
            let start = buffer.readerIndex
            guard let length = buffer.getInteger(at: start, as: UInt32.self) else { return nil }
            guard length > 0 else { throw .empty }
            guard length <= limit else { throw .tooLarge }
            guard let version = buffer.getInteger(at: start + 4, as: UInt8.self) else { return nil }
            guard version == Frame.version else { throw .unknownVersion }
            guard buffer.readableBytes >= Frame.headerLength + Int(length),
                let id = buffer.getInteger(at: start + 5, as: UInt64.self),
                let payload = buffer.getBytes(at: start + Frame.headerLength, length: Int(length))
            else { return nil }
            buffer.moveReaderIndex(forwardBy: Frame.headerLength + Int(length))
            if buffer.readableBytes == 0 { buffer = ByteBuffer() }
            return Frame(id: id, payload: payload)
        }
    }
#endif
