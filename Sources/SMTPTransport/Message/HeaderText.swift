#if SMTP
    import NIOCore
    import RecordStorage

    /// Text in the header of a message, in ASCII whatever it says.
    enum HeaderText {
        /// A subject or another unstructured field's text: as it is where it is short and printable ASCII, else in encoded words, one a line.
        ///
        /// Source: RFC 2047 §2, §5 (1); a word has at most 75 characters, and no character is split between two.
        static func unstructured(_ text: String) -> String {
            let isPlain =
                text.utf8.count <= 60 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.hasPrefix(" ") && !text.hasSuffix(" ")
                && !holdsEncodedWord(text)
            return isPlain ? text : encodedWords(text)
        }

        /// A name before an address: a quoted string, or encoded words. Source: RFC 5322 §3.2.4, RFC 2047 §5 (3).
        static func phrase(_ text: String) -> String {
            guard text.utf8.count <= 60, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !holdsEncodedWord(text) else {
                return encodedWords(text)
            }
            var quoted = "\""
            for character in text.unicodeScalars {
                if character == "\"" || character == "\\" { quoted += "\\" }
                quoted.unicodeScalars.append(character)
            }
            return quoted + "\""
        }

        /// What readers would take for an encoded word that it is not.
        private static func holdsEncodedWord(_ text: String) -> Bool {
            var last: UInt8 = 0
            for byte in text.utf8 {
                if byte == 0x3F, last == 0x3D { return true }
                last = byte
            }
            return false
        }

        private static func encodedWords(_ text: String) -> String {
            var (words, word): ([String], [UInt8]) = ([], [])
            func end() {
                guard !word.isEmpty else { return }
                var (encoder, buffer) = (Base64Lines(lineLength: nil), ByteBuffer())
                for byte in word { encoder.write(byte, to: &buffer) }
                encoder.finish(&buffer)
                words.append("=?UTF-8?B?\(String(buffer: buffer))?=")
                word = []
            }
            for scalar in text.unicodeScalars {
                // 39 bytes are 52 characters of base64, 64 with what is around them, and 73 behind `Subject: `.
                if word.count + UTF8.width(scalar) > 39 { end() }
                word += Array(String(Character(scalar)).utf8)
            }
            end()
            return words.joined(separator: "\r\n ")
        }

        private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

        /// `Sun, 06 Nov 1994 08:49:37 +0000`. Source: RFC 5322 §3.3.
        ///
        /// - Parameter time: from 1970 on; what is before counts as its beginning.
        static func date(_ time: Timestamp) -> String {
            let seconds = max(0, time.seconds)
            let (day, second) = (seconds / 86_400, seconds % 86_400)
            // A civil date of days, with years that begin in March. Source: Howard Hinnant, `civil_from_days` (the formulae, not the code).
            let shifted = day + 719_468
            let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
            let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let monthFromMarch = (5 * dayOfYear + 2) / 153
            let month = Int(monthFromMarch < 10 ? monthFromMarch + 2 : monthFromMarch - 10)
            let year = yearOfEra + era * 400 + (month < 2 ? 1 : 0)
            func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let date = "\(two(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)) \(months[month]) \(year)"
            return "\(days[Int(day % 7)]), \(date) \(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60)) +0000"
        }
    }
#endif
