/// Where the next text begins and ends that looks like a number: signs in front, blocks of digits with a little
/// punctuation between them, perhaps an extension.
struct CandidateScan {
    private static let longestBlock = 20
    private static let longestPunctuation = 4
    /// Blocks behind the first.
    private static let mostBlocks = 20

    private let text: Text

    init(_ text: Text) { self.text = text }

    func next(from offset: Int) -> Range<Int>? {
        guard let digit = firstDigit(from: offset) else { return nil }
        return start(infrontOf: digit, notBefore: offset)..<end(from: digit)
    }

    private func firstDigit(from offset: Int) -> Int? {
        var offset = offset
        while offset < text.count {
            let byte = text.bytes[offset]
            if byte < 0x80 {
                if byte >= 0x30, byte <= 0x39 { return offset }
                offset &+= 1
            } else {
                let (character, next) = text.character(at: offset)
                if Text.isDigit(character) { return offset }
                offset = next
            }
        }
        return nil
    }

    /// At most two signs in front, each with at most four characters of punctuation behind it.
    private func start(infrontOf digit: Int, notBefore limit: Int) -> Int {
        var best = digit
        var at = digit
        // Read towards the front. A bracket is a sign and punctuation as well, so all ways are followed at once: bit n for n characters of
        // punctuation and no sign yet, bit 5 + n for those in front of one sign.
        var ways: UInt16 = 1
        while at > limit, ways != 0 {
            let (character, start) = text.character(before: at)
            var further: UInt16 = Text.isPunctuation(character) ? (ways & 0b01111_01111) << 1 : 0
            at = start
            if Text.leads(character) {
                best = at
                if ways & 0b11111 != 0 { further |= 1 << 5 }
            }
            ways = further
        }
        return best
    }

    private func end(from digit: Int) -> Int {
        var end = skipBlock(digit)
        for _ in 0..<Self.mostBlocks {
            var at = end
            for _ in 0..<Self.longestPunctuation where at < text.count {
                let (character, next) = text.character(at: at)
                guard Text.isPunctuation(character) else { break }
                at = next
            }
            let after = skipBlock(at)
            guard after > at else { break }
            end = after
        }
        return ExtensionHead(text).end(from: end) ?? end
    }

    private func skipBlock(_ start: Int) -> Int {
        var at = start
        for _ in 0..<Self.longestBlock where at < text.count {
            let (character, next) = text.character(at: at)
            guard Text.isDigit(character) else { break }
            at = next
        }
        return at
    }
}

/// An extension that begins at a place, as it is looked for in a text: its label must be plainer than in a number that was typed.
struct ExtensionHead {
    private let text: Text

    init(_ text: Text) { self.text = text }

    /// Where the extension ends; nil if there is none.
    func end(from start: Int) -> Int? {
        if let label = skip(";ext=", start), let end = digits(label, atMost: 20) { return end }
        let label = skipBlanks(start)
        if let after = explicitLabel(label), let end = labelled(after, atMost: 20) { return end }
        if let after = ambiguousLabel(label), let end = labelled(after, atMost: 9) { return end }
        // American style: a hyphen or a space, digits, and a hash.
        let separated = skipWhile(start) { $0 == 0x2D || $0 == 0x20 }
        guard separated > start, let end = digits(separated, atMost: 6), character(end) == 0x23 else { return nil }
        return end + 1
    }

    /// What may follow a label: a stop or a colon, blanks, digits, a hash.
    private func labelled(_ start: Int, atMost limit: Int) -> Int? {
        var at = start
        if at < text.count, case let (value, next) = text.character(at: at), value == 0x3A || value == 0x2E || value == 0xFF0E { at = next }
        at = skipWhile(at) { $0 == 0x2D || Self.isBlank($0) }
        guard let end = digits(at, atMost: limit) else { return nil }
        return character(end) == 0x23 ? end + 1 : end
    }

    private func explicitLabel(_ start: Int) -> Int? {
        if let after = skip("anexo", start) ?? cyrillic(start) { return after }
        if let after = wide(start) { return after }
        guard var at = skip("ext", start) ?? skip("xt", start) else { return nil }
        if let middle = skip("ensi", at) {
            if character(middle) == 0xF3 || character(middle) == 0xD3 {
                at = text.character(at: middle).next
            } else if let o = skip("o", middle) {
                at = character(o) == 0x301 ? text.character(at: o).next : o
            }
        }
        return skip("n", at) ?? at
    }

    private func cyrillic(_ start: Int) -> Int? {
        skipEach(start, [(0x434, 0x414), (0x43E, 0x41E), (0x431, 0x411)])
    }

    private func wide(_ start: Int) -> Int? {
        let x = skipEach(start, [(0xFF45, 0xFF25)]) ?? start
        guard let t = skipEach(x, [(0xFF58, 0xFF38), (0xFF54, 0xFF34)]) else { return nil }
        return skipEach(t, [(0xFF4E, 0xFF2E)]) ?? t
    }

    private func ambiguousLabel(_ start: Int) -> Int? {
        guard start < text.count else { return nil }
        let (value, next) = text.character(at: start)
        switch value {
        case 0x78, 0x58, 0xFF58, 0xFF38, 0x23, 0xFF03, 0x7E, 0xFF5E: return next
        default: return skip("int", start) ?? skipEach(start, [(0xFF49, 0xFF29), (0xFF4E, 0xFF2E), (0xFF54, 0xFF34)])
        }
    }

    private static func isBlank(_ character: UInt32) -> Bool {
        character == 0x20 || character == 0xA0 || character == 0x09 || character == 0x2C
    }

    private func skipBlanks(_ start: Int) -> Int { skipWhile(start, Self.isBlank) }

    private func skipWhile(_ start: Int, _ holds: (UInt32) -> Bool) -> Int {
        var at = start
        while at < text.count {
            let (character, next) = text.character(at: at)
            guard holds(character) else { break }
            at = next
        }
        return at
    }

    private func digits(_ start: Int, atMost limit: Int) -> Int? {
        var at = start
        for _ in 0..<limit where at < text.count {
            let (character, next) = text.character(at: at)
            guard Text.isDigit(character) else { break }
            at = next
        }
        return at > start ? at : nil
    }

    private func character(_ offset: Int) -> UInt32 { offset < text.count ? text.character(at: offset).value : 0 }

    /// The place behind an ASCII text, without regard to case; Unicode gives some letters more than two.
    private func skip(_ wanted: StaticString, _ start: Int) -> Int? {
        var at = start
        for index in 0..<wanted.utf8CodeUnitCount {
            guard at < text.count else { return nil }
            let (character, next) = text.character(at: at)
            let plain: UInt32 =
                switch character {
                case 0x41...0x5A: character | 0x20
                case 0x17F: 0x73
                case 0x130, 0x131: 0x69
                default: character
                }
            guard plain == UInt32(wanted.utf8Start[index]) else { return nil }
            at = next
        }
        return at
    }

    private func skipEach(_ start: Int, _ wanted: [(UInt32, UInt32)]) -> Int? {
        var at = start
        for (lower, upper) in wanted {
            guard at < text.count else { return nil }
            let (character, next) = text.character(at: at)
            guard character == lower || character == upper else { return nil }
            at = next
        }
        return at
    }
}
