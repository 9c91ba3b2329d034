#if SMPP
    import NIOCore

    /// Which part of which message a short message is.
    struct Concatenation: Hashable {
        let reference: UInt16
        let total: UInt8
        /// From 1.
        let number: UInt8

        private init?(reference: UInt16, total: UInt8, number: UInt8) {
            guard total > 1, (1...total).contains(number) else { return nil }
            (self.reference, self.total, self.number) = (reference, total, number)
        }

        /// Of sar_msg_ref_num, sar_total_segments and sar_segment_seqnum (SMPP 3.4 §5.3.2.22 to 24).
        init?(_ parameters: Parameters) {
            guard let reference = parameters.integer(ParameterTag.sarReference, as: UInt16.self),
                let total = parameters.integer(ParameterTag.sarTotal, as: UInt8.self),
                let number = parameters.integer(ParameterTag.sarSequence, as: UInt8.self)
            else { return nil }
            self.init(reference: reference, total: total, number: number)
        }

        /// Of the user data header that the text begins with, which is read away (3GPP TS 23.040 §9.2.3.24); the header may say something else.
        ///
        /// - Throws: ``Malformed`` where the header is longer than the text.
        static func read(_ text: inout ByteBuffer) throws(Malformed) -> Concatenation? {
            guard let length = text.readInteger(as: UInt8.self), var header = text.readSlice(length: Int(length)) else { throw .body }
            while let (element, count) = header.readMultipleIntegers(as: (UInt8, UInt8).self) {
                guard var value = header.readSlice(length: Int(count)) else { throw .body }
                switch (element, count) {
                case (0x00, 3):
                    guard let (reference, total, number) = value.readMultipleIntegers(as: (UInt8, UInt8, UInt8).self) else { throw .body }
                    return Concatenation(reference: UInt16(reference), total: total, number: number)
                case (0x08, 4):
                    guard let (reference, total, number) = value.readMultipleIntegers(as: (UInt16, UInt8, UInt8).self) else { throw .body }
                    return Concatenation(reference: reference, total: total, number: number)
                default: continue
                }
            }
            return nil
        }
    }
#endif
