#if SMTP
    import NIOCore

    /// How a text travels through servers that know seven bits and lines of 76 characters (RFC 2045 §6).
    enum BodyEncoding: String {
        case quotedPrintable = "quoted-printable"
        case base64

        /// Whichever is shorter.
        init(for text: UnsafeRawBufferPointer) {
            let escaped = text.count { !Self.standsForItself($0) && $0 != 0x0A && $0 != 0x0D }
            self = escaped * 6 > text.count ? .base64 : .quotedPrintable
        }

        private static func standsForItself(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) && byte != 0x3D }

        /// The most bytes that `count` bytes of text become.
        static func limit(_ count: Int) -> Int { 4 * count + 16 }

        /// Writes the text with every line break as CRLF, and one at the end.
        func write(_ text: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
            switch self {
            case .quotedPrintable: Self.writeQuotedPrintable(text, to: &buffer)
            case .base64:
                var encoder = Base64Lines(lineLength: 76)
                Self.forEachCanonical(text) { encoder.write($0, to: &buffer) }
                encoder.finish(&buffer)
            }
        }

        /// The text's bytes with CRLF for CR, LF and CRLF.
        private static func forEachCanonical(_ text: UnsafeRawBufferPointer, _ body: (UInt8) -> Void) {
            var (last, wasBreak) = (UInt8(0), false)
            for byte in text {
                defer { last = byte }
                if byte == 0x0A, last == 0x0D { continue }
                wasBreak = byte == 0x0A || byte == 0x0D
                guard wasBreak else {
                    body(byte)
                    continue
                }
                body(0x0D)
                body(0x0A)
            }
            guard !wasBreak else { return }
            body(0x0D)
            body(0x0A)
        }

        private static let hexadecimal = Array("0123456789ABCDEF".utf8)

        /// RFC 2045 §6.7. A dot that begins a line is escaped as well: so none has to be doubled for SMTP (RFC 5321 §4.5.2), and none is lost by a
        /// server that gets that wrong. Blanks before a line's end are escaped, or servers drop them.
        private static func writeQuotedPrintable(_ text: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
            var (column, blank): (Int, UInt8?) = (0, nil)
            func put(_ byte: UInt8, isEscaped: Bool) {
                let width = isEscaped ? 3 : 1
                if column + width > 75 {
                    buffer.writeStaticString("=\r\n")
                    column = 0
                }
                if isEscaped || column == 0 && byte == 0x2E {
                    buffer.writeInteger(UInt8(0x3D))
                    buffer.writeInteger(hexadecimal[Int(byte >> 4)])
                    buffer.writeInteger(hexadecimal[Int(byte & 15)])
                    column += 3
                } else {
                    buffer.writeInteger(byte)
                    column += 1
                }
            }
            forEachCanonical(text) { byte in
                if byte == 0x0D { return }
                if let held = blank {
                    blank = nil
                    put(held, isEscaped: byte == 0x0A)
                }
                switch byte {
                case 0x0A:
                    buffer.writeStaticString("\r\n")
                    column = 0
                case 0x20, 0x09: blank = byte
                default: put(byte, isEscaped: !standsForItself(byte))
                }
            }
        }
    }

    /// Base64 a byte at a time, so that nothing of a secret is copied on the way. Source: RFC 4648 §4.
    struct Base64Lines {
        private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

        private var (bits, count): (UInt32, Int) = (0, 0)
        private var column = 0
        /// A multiple of 4; `nil`: all in one line, without a line break at its end.
        private let lineLength: Int?

        init(lineLength: Int?) { self.lineLength = lineLength }

        mutating func write(_ byte: UInt8, to buffer: inout ByteBuffer) {
            bits = bits << 8 | UInt32(byte)
            count += 1
            if count == 3 { put(to: &buffer) }
        }

        mutating func finish(_ buffer: inout ByteBuffer) {
            if count > 0 {
                bits <<= UInt32(8 * (3 - count))
                put(to: &buffer)
            }
            if lineLength != nil, column > 0 { buffer.writeStaticString("\r\n") }
        }

        private mutating func put(to buffer: inout ByteBuffer) {
            for index in 0..<4 {
                let six = Int(bits >> UInt32(18 - 6 * index) & 63)
                buffer.writeInteger(index <= count ? Self.alphabet[six] : 0x3D)
            }
            (bits, count, column) = (0, 0, column + 4)
            guard let lineLength, column >= lineLength else { return }
            buffer.writeStaticString("\r\n")
            column = 0
        }
    }
#endif
