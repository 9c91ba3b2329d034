#if SMPP
    import Messaging
    import CryptoPrimitives
    import NIOCore

    /// Reads the octets of a message that came in.
    enum InboundText {
        enum Coding: Hashable {
            case gsm7, latin1, ucs2

            /// By data_coding, SMPP 3.4 §5.2.19, and 3GPP TS 23.038 §4 for its GSM part; `nil` of what is no text that we read.
            init?(_ dataCoding: UInt8, alphabet: SMPPSettings.Alphabet) {
                switch dataCoding {
                case 0x00:
                    switch alphabet {
                    case .gsm7, .ucs2: self = .gsm7
                    case .latin1, .ascii: self = .latin1
                    }
                case 0x01, 0x03: self = .latin1  // IA5 is its lower half
                case 0x08: self = .ucs2
                case 0x10...0x13, 0xF0...0xF3: self = .gsm7
                case 0x18...0x1B: self = .ucs2
                default: return nil
                }
            }
        }

        /// The longest text that an ``Messaging/InboundMessage`` takes, in octets of UTF-8.
        static let longest = 4_096

        /// Lends the text in UTF-8 from guarded memory. What is longer than ``longest`` is cut.
        static func withUTF8<Value>(_ octets: borrowing SecretBytes, _ coding: Coding, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
            var count = 0
            let text = SecretBytes(count: longest) { target in
                octets.withUnsafeBytes { octets in
                    switch coding {
                    case .gsm7:
                        var isEscaped = false
                        for octet in octets {
                            if octet == GSM7.escape, !isEscaped {
                                isEscaped = true
                                continue
                            }
                            put(GSM7.scalar(of: octet, isEscaped: isEscaped), target, &count)
                            isEscaped = false
                        }
                    case .latin1:
                        for octet in octets { put(Unicode.Scalar(octet), target, &count) }
                    case .ucs2:
                        var position = 0
                        while position + 1 < octets.count {
                            put(scalar(octets, &position), target, &count)
                        }
                    }
                }
            }
            return text.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
        }

        /// UTF-16, big-endian; half a pair becomes U+FFFD.
        private static func scalar(_ octets: UnsafeRawBufferPointer, _ position: inout Int) -> Unicode.Scalar {
            func unit(_ at: Int) -> UInt32 { UInt32(octets[at]) << 8 | UInt32(octets[at + 1]) }
            let first = unit(position)
            position += 2
            if (0xD800...0xDBFF).contains(first), position + 1 < octets.count {
                let second = unit(position)
                if (0xDC00...0xDFFF).contains(second) {
                    position += 2
                    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
                }
            }
            return Unicode.Scalar(first) ?? "\u{FFFD}"
        }

        private static func put(_ scalar: Unicode.Scalar, _ target: UnsafeMutableRawBufferPointer, _ count: inout Int) {
            let octets = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            guard count + octets.count <= target.count else { return }
            for octet in octets {
                target[count] = octet
                count += 1
            }
        }
    }
#endif
