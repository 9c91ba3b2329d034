#if SMPP
    import Messaging
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
                let scalar = UTF8Text.next(in: text, &position)
                switch coding {
                case .gsm7:
                    guard let (septet, isEscaped) = GSM7.septet(of: scalar) else { continue }
                    if isEscaped { buffer.writeInteger(GSM7.escape) }
                    buffer.writeInteger(septet)
                case .latin1, .ascii: buffer.writeInteger(UInt8(truncatingIfNeeded: scalar.value))
                case .ucs2:
                    for unit in UTF16.encode(scalar)! { buffer.writeInteger(unit) }
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
                let scalar = UTF8Text.next(in: text, &position)
                let cost = coding == .ucs2 ? UTF16.width(scalar) : (GSM7.septet(of: scalar)?.isEscaped == true ? 2 : 1)
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
            let scalar = UTF8Text.next(in: text, &position)
            guard scalar.value <= limit, GSM7.septet(of: scalar) != nil else { return .ucs2 }
        }
        return coding
    }
#endif
