#if SMTP
    /// What a server answers to one command. Source: RFC 5321 §4.2.
    struct Reply: Hashable, Sendable {
        /// 200...599.
        let code: Int
        let status: EnhancedStatus?
        /// The text of each line without its code, where it was asked for: answers may repeat the recipient.
        var lines: [[UInt8]] = []

        var isPositive: Bool { (200..<300).contains(code) }
        var isTemporary: Bool { (400..<500).contains(code) }
        var isNegative: Bool { code >= 400 }

        /// As ``ProviderRefusal/providerCode`` takes it: `550-5.1.1`. Its digits alone would be too many with a long detail.
        var text: String {
            guard let status else { return "\(code)" }
            return status.subject > 9 || status.detail > 9 ? "\(status)" : "\(code)-\(status)"
        }
    }

    /// `5.1.1`: a class, a subject and a detail. Source: RFC 3463 §2, RFC 2034 §4.
    struct EnhancedStatus: Hashable, Sendable, CustomStringConvertible {
        let kind: Int
        let subject: Int
        let detail: Int

        init(_ kind: Int, _ subject: Int, _ detail: Int) { (self.kind, self.subject, self.detail) = (kind, subject, detail) }

        /// What a reply's text begins with; `nil` where that is none of this reply's own class.
        init?(text: some Collection<UInt8>, of code: Int) {
            let parts = text.prefix(while: { $0 != 0x20 }).split(separator: 0x2E, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].count == 1 else { return nil }
            let numbers = parts.compactMap { part -> Int? in
                guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            }
            guard numbers.count == 3, numbers[0] == code / 100 else { return nil }
            self.init(numbers[0], numbers[1], numbers[2])
        }

        var description: String { "\(kind).\(subject).\(detail)" }
    }

    /// A server that says what no server may.
    enum BadReply: Error, Hashable, Sendable {
        /// A line without a code of three digits, with one that no reply has, or with another than the line before.
        case malformed
        /// Longer than any server has a use for.
        case tooLong
    }

    /// Puts replies together from what the socket hands out, and bounds what it holds of them.
    struct ReplyParser {
        /// RFC 5321 §4.5.3.1.5 has 512 for a line; servers are known that go beyond it.
        static let longestLine = 2_048
        static let mostLines = 128

        private var bytes: [UInt8] = []
        /// Up to where there is no line's end.
        private var searched = 0
        private var code: Int?
        private var status: EnhancedStatus?
        private var lines: [[UInt8]] = []
        private var count = 0

        /// Whether there is something that is not part of a reply that was given out.
        var holdsBytes: Bool { !bytes.isEmpty || code != nil }

        mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

        /// The next reply that is complete.
        mutating func next(keepingText: Bool) throws(BadReply) -> Reply? {
            while let line = try nextLine() {
                count += 1
                guard count <= Self.mostLines else { throw .tooLong }
                let digits = line.prefix(3)
                guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .malformed }
                let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
                // RFC 5321 §4.2: there is no answer that begins with 1, and none whose second digit is above 5.
                guard (200..<600).contains(number), number / 10 % 10 <= 5, code == nil || code == number else { throw .malformed }
                let rest = line.dropFirst(3)
                guard rest.isEmpty || rest.first == 0x20 || rest.first == 0x2D else { throw .malformed }
                let text = rest.dropFirst()
                if code == nil { status = EnhancedStatus(text: text, of: number) }
                code = number
                if keepingText { lines.append(Array(text)) }
                guard rest.first != 0x2D else { continue }
                defer { (code, status, lines, count) = (nil, nil, [], 0) }
                return Reply(code: number, status: status, lines: lines)
            }
            return nil
        }

        /// A line without its CRLF; a CR or a NUL elsewhere, or a bare LF, makes it none.
        private mutating func nextLine() throws(BadReply) -> [UInt8]? {
            guard let end = bytes[searched...].firstIndex(of: 0x0A) else {
                searched = bytes.count
                guard searched < Self.longestLine else { throw .tooLong }
                return nil
            }
            guard end < Self.longestLine else { throw .tooLong }
            guard end > 0, bytes[end - 1] == 0x0D else { throw .malformed }
            let line = Array(bytes[..<(end - 1)])
            guard !line.contains(where: { $0 == 0x0D || $0 == 0 }) else { throw .malformed }
            bytes.removeSubrange(...end)
            searched = 0
            return line
        }
    }
#endif
