#if SMTP
    /// What a server says in answer to EHLO that it can do. Source: RFC 5321 §4.1.1.1.
    struct ServerExtensions: Hashable, Sendable {
        enum Mechanism: Hashable, Sendable { case plain, login }

        /// RFC 3207.
        var startTLS = false
        /// RFC 2920.
        var pipelining = false
        /// RFC 6152.
        var eightBit = false
        /// RFC 1870.
        var size = false
        /// The longest message in bytes, where the server says.
        var sizeLimit: Int?
        /// RFC 6531 §3.1: whoever has it has 8BITMIME too, else it is not had.
        var smtpUTF8 = false
        /// RFC 4954; the best first.
        var mechanisms: [Mechanism] = []

        init() {}

        /// - Parameter reply: to EHLO; its first line is the server's name.
        init(_ reply: Reply) {
            for line in reply.lines.dropFirst() {
                let words = line.split { $0 == 0x20 || $0 == 0x09 }.map { word in
                    String(decoding: word.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }, as: UTF8.self)
                }
                switch words.first {
                case "STARTTLS": startTLS = true
                case "PIPELINING": pipelining = true
                case "8BITMIME": eightBit = true
                case "SMTPUTF8": smtpUTF8 = true
                case "SIZE":
                    size = true
                    // 0: there is no limit that it knows (RFC 1870 §4).
                    sizeLimit = words.dropFirst().first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
                case "AUTH":
                    let named = Set(words.dropFirst())
                    mechanisms = (named.contains("PLAIN") ? [.plain] : []) + (named.contains("LOGIN") ? [.login] : [])
                default: break
                }
            }
            smtpUTF8 = smtpUTF8 && eightBit
        }
    }
#endif
