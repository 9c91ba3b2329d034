#if SMTP
    /// The server's own name of a message that it took, where its answer has one in a form that is known.
    enum QueueID {
        /// - Parameter text: of the answer to the end of a message, without codes.
        /// - Returns: 5 to 64 ASCII letters, digits, dots, hyphens and underscores with a letter among them, so that no number and no address is taken for one.
        static func find(in reply: Reply) -> String? {
            guard let line = reply.lines.last, line.count <= 512, line.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
            var words = String(decoding: line, as: UTF8.self).split(separator: " ")
            if let first = words.first, reply.status.map({ "\($0)" }) == String(first) { words.removeFirst() }
            // Exim: `OK id=1tGxyz-0001AB-CD`.
            if let named = words.first(where: { $0.hasPrefix("id=") }) { return safe(named.dropFirst(3)) }
            // Postfix: `Ok: queued as 4XyZ12abcd`.
            if let at = words.firstIndex(of: "queued"), words.dropFirst(at + 1).first == "as" {
                return words.dropFirst(at + 2).first.flatMap(safe)
            }
            // Sendmail, OpenSMTPD: `4c1d2e3f Message accepted for delivery`.
            if words.count >= 2, words[1].lowercased() == "message" { return safe(words[0]) }
            // Amazon SES: `Ok 010201…-000000`.
            if words.count == 2, words[0].lowercased() == "ok" { return safe(words[1]) }
            return nil
        }

        private static func safe(_ word: Substring) -> String? {
            let bytes = word.utf8
            let isPlain = bytes.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
            let hasLetter = bytes.contains { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
            return (5...64).contains(bytes.count) && isPlain && hasLetter ? String(word) : nil
        }
    }
#endif
