#if SMPP
    import NIOCore
    import RecordStorage

    /// The text of a receipt, SMPP 3.4 Appendix B: `id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`.
    ///
    /// Read as it comes: in any order and any case, with fields left out. The words of the message, behind `text:`, are not looked at.
    struct ReceiptText: Hashable {
        private(set) var id: String?
        private(set) var state: String?
        private(set) var error: String?
        private(set) var doneDate: String?

        init(_ buffer: ByteBuffer) {
            buffer.withUnsafeReadableBytes { bytes in
                // A receipt's own fields are short.
                let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(512))
                var position = 0
                while let label = Self.label(bytes, &position), label != "text" {
                    let value = Self.value(bytes, &position)
                    switch label {
                    case "id": id = id ?? value
                    case "stat": state = state ?? value
                    case "err": error = error ?? value
                    case "done date": doneDate = doneDate ?? value
                    default: break
                    }
                }
            }
        }

        /// What stands before the next colon, from the last blank but that of `submit date` and `done date`; nothing long is a label.
        private static func label(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> String? {
            while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
            guard let colon = bytes[min(position, bytes.count)...].firstIndex(of: 0x3A), colon - position <= 16 else { return nil }
            defer { position = colon + 1 }
            return String(decoding: bytes[position..<colon].map { $0 | 0x20 }, as: UTF8.self)
        }

        private static func value(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> String {
            let end = bytes[position...].firstIndex { $0 <= 0x20 } ?? bytes.count
            defer { position = end }
            return String(decoding: bytes[position..<end].prefix(65).map { (0x21...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
        }

        /// done date, `YYMMDDhhmm` with or without seconds.
        ///
        /// - Parameter clock: how far the centre's clock is ahead of UTC.
        func time(_ clock: Duration) -> Timestamp? {
            guard let digits = doneDate.map({ Array($0.utf8) }), digits.count == 10 || digits.count == 12,
                digits.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            let fields = stride(from: 0, to: digits.count, by: 2).map { index -> Int64 in
                Int64(digits[index] - 0x30) * 10 + Int64(digits[index + 1] - 0x30)
            }
            let (year, month, day) = (2000 + fields[0], fields[1], fields[2])
            guard (1...12).contains(month), (1...31).contains(day), fields[3] < 24, fields[4] < 60 else { return nil }
            // Days from the civil calendar, years beginning in March.
            let (shifted, moved) = (month > 2 ? year : year - 1, (month + 9) % 12)
            let leapDays = shifted / 4 - shifted / 100 + shifted / 400
            let days: Int64 = 365 * shifted + leapDays + (153 * moved + 2) / 5 + day - 1 - 719_468
            let minutes: Int64 = days * 1_440 + fields[3] * 60 + fields[4]
            let seconds = minutes * 60 + (fields.count > 5 ? min(fields[5], 59) : 0)
            return Timestamp(milliseconds: (seconds - clock.components.seconds) * 1_000)
        }
    }
#endif
