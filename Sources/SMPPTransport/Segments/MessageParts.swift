#if SMPP
    import NIOCore

    /// How a text is cut into short messages and written into them. This file is all that knows.
    struct MessageParts: Hashable {
        enum Coding: Hashable {
            case gsm7, latin1, ascii, ucs2

            /// data_coding, SMPP 3.4 §5.2.19: the default alphabet, whichever it is, or UCS-2.
            var dataCoding: UInt8 { self == .ucs2 ? 8 : 0 }
        }

        let coding: Coding
        /// Of each part, where its UTF-8 is in the text.
        let ranges: [Range<Int>]
        /// Whether it is longer than a short message and is to be cut by the message centre.
        var isPayload = false

        /// Writes a part in its coding.
        func write(_ index: Int, of text: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
            var position = ranges[index].lowerBound
            while position < ranges[index].upperBound {
                let scalar = UTF8Text.next(text, &position)
                switch coding {
                case .gsm7:
                    guard let (septet, isExtended) = GSMAlphabet.septet(of: scalar) else { continue }
                    if isExtended { buffer.writeInteger(GSMAlphabet.escape) }
                    buffer.writeInteger(septet)
                case .latin1, .ascii: buffer.writeInteger(UInt8(truncatingIfNeeded: scalar))
                case .ucs2:
                    if scalar >= 0x10000 {
                        buffer.writeInteger(UInt16(0xD800 + (scalar - 0x10000) >> 10))
                        buffer.writeInteger(UInt16(0xDC00 + (scalar - 0x10000) & 0x3FF))
                    } else {
                        buffer.writeInteger(UInt16(scalar))
                    }
                }
            }
        }
    }

    /// Cuts a text: into one message where it fits, else into parts that leave room for a header. No escape is parted from its character, and no surrogate from
    /// its other half.
    ///
    /// Septets and UTF-16 units count: 160 or 70 alone, 153 or 67 in a part (3GPP TS 23.038 §4, TS 23.040 §9.2.3.24.1), 152 or 66 with a reference of two octets.
    /// - Parameter text: UTF-8.
    func parts(of text: UnsafeRawBufferPointer, alphabet: SMPPSettings.Alphabet, longMessages: SMPPSettings.LongMessages) -> MessageParts {
        let coding = coding(of: text, alphabet: alphabet)
        let (alone, inPart) = coding == .ucs2 ? (70, longMessages == .header16 ? 66 : 67) : (160, longMessages == .header16 ? 152 : 153)
        func cut(_ limit: Int) -> [Range<Int>] {
            var (ranges, start, position, units): ([Range<Int>], Int, Int, Int) = ([], 0, 0, 0)
            while position < text.count {
                let before = position
                let scalar = UTF8Text.next(text, &position)
                let cost = coding == .ucs2 ? (scalar >= 0x10000 ? 2 : 1) : (GSMAlphabet.septet(of: scalar)?.isExtended == true ? 2 : 1)
                if units + cost > limit {
                    ranges.append(start..<before)
                    (start, units) = (before, 0)
                }
                units += cost
            }
            return ranges + [start..<text.count]
        }
        let whole = cut(alone)
        if whole.count == 1 { return MessageParts(coding: coding, ranges: whole) }
        if longMessages == .payload { return MessageParts(coding: coding, ranges: [0..<text.count], isPayload: true) }
        return MessageParts(coding: coding, ranges: cut(inPart))
    }

    /// What the message centre's alphabet and GSM 03.38, which it becomes in the end, can both say; else UCS-2.
    private func coding(of text: UnsafeRawBufferPointer, alphabet: SMPPSettings.Alphabet) -> MessageParts.Coding {
        let (coding, limit): (MessageParts.Coding, UInt32)
        switch alphabet {
        case .ucs2: return .ucs2
        case .gsm7: (coding, limit) = (.gsm7, .max)
        case .latin1: (coding, limit) = (.latin1, 0xFF)
        case .ascii: (coding, limit) = (.ascii, 0x7F)
        }
        var position = 0
        while position < text.count {
            let scalar = UTF8Text.next(text, &position)
            guard scalar <= limit, GSMAlphabet.septet(of: scalar) != nil else { return .ucs2 }
        }
        return coding
    }

    /// Reads UTF-8 scalar by scalar, where it lies.
    enum UTF8Text {
        /// The scalar at `position`, which moves behind it; U+FFFD for an octet that begins none.
        static func next(_ text: UnsafeRawBufferPointer, _ position: inout Int) -> UInt32 {
            let first = UInt32(text[position])
            position += 1
            let (count, smallest): (Int, UInt32)
            switch first {
            case 0..<0x80: return first
            case 0xC2...0xDF: (count, smallest) = (1, 0x80)
            case 0xE0...0xEF: (count, smallest) = (2, 0x800)
            case 0xF0...0xF4: (count, smallest) = (3, 0x10000)
            default: return 0xFFFD
            }
            guard position + count <= text.count else { return 0xFFFD }
            var scalar = first & (0x3F >> UInt32(count))
            for offset in 0..<count {
                let octet = UInt32(text[position + offset])
                guard octet & 0xC0 == 0x80 else { return 0xFFFD }
                scalar = scalar << 6 | octet & 0x3F
            }
            guard scalar >= smallest, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else { return 0xFFFD }
            position += count
            return scalar
        }
    }
#endif
