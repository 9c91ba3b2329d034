#if SMPP
    import NIOCore

    /// The optional parameters of a PDU (TLV, SMPP 3.4 §3.2.4.1); of those that come twice the first counts.
    struct Parameters {
        private var values: [UInt16: ByteBuffer] = [:]

        init() {}

        /// Reads to the end of the body. Tags that nobody asks for are kept as they are and never looked at.
        init(_ body: inout ByteBuffer) throws(Malformed) {
            while body.readableBytes > 0 {
                guard let (tag, length) = body.readMultipleIntegers(as: (UInt16, UInt16).self),
                    let value = body.readSlice(length: Int(length))
                else { throw .parameters }
                if values[tag] == nil { values[tag] = value }
            }
        }

        subscript(tag: UInt16) -> ByteBuffer? { values[tag] }

        /// A number of that width; `nil` where the parameter is missing or has another.
        func integer<Value: FixedWidthInteger>(_ tag: UInt16, as type: Value.Type) -> Value? {
            guard let value = values[tag], value.readableBytes == MemoryLayout<Value>.size else { return nil }
            return value.getInteger(at: value.readerIndex)
        }
    }

    extension ByteBuffer {
        mutating func writeParameter<Value: FixedWidthInteger>(_ tag: UInt16, _ value: Value) {
            writeInteger(tag)
            writeInteger(UInt16(MemoryLayout<Value>.size))
            writeInteger(value)
        }
    }
#endif
