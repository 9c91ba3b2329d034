/// What the punctuation and the digits of a candidate say it is, numbering plans aside.
///
/// Source: libphonenumber, `PhoneNumberMatcher`, whose patterns these are.
struct CandidateShape {
    let text: Text
    let range: Range<Int>

    /// Brackets are closed again, hold something, and are not many. The first may be missing or stay open.
    var hasMatchingBrackets: Bool {
        var at = range.lowerBound
        if let next = skip(at, Text.opens) { at = next }
        guard var end = skipPlain(at) else { return false }
        if let closed = skip(end, Text.closes) {
            guard let after = skipPlain(closed) else { return false }
            end = after
        }
        for _ in 0..<3 {
            guard let open = skip(end, Text.opens) else { break }
            guard let inside = skipPlain(open), let closed = skip(inside, Text.closes) else { return false }
            end = closed
        }
        return (skipPlain(end) ?? end) == range.upperBound
    }

    /// `211-227 (2003`: pages of a publication.
    var hasPages: Bool {
        for at in range where text.bytes[at] == UInt8(ascii: "(") {
            guard at + 1 < range.upperBound, Text.isDigit(text.character(at: at + 1).value) else { continue }
            var end = at
            for _ in 0..<4 {
                guard let space = back(end, Text.isSpace) else { break }
                end = space
            }
            var digits = 0
            while digits < 6, let digit = back(end, Text.isDigit) {
                end = digit
                digits += 1
            }
            guard (1...5).contains(digits), var hyphen = back(end, { $0 == 0x2D }) else { continue }
            while let another = back(hyphen, { $0 == 0x2D }) { hyphen = another }
            if back(hyphen, Text.isDigit) != nil { return true }
        }
        return false
    }

    /// `3/10/2011`, `31/10/96`, `08/31/95`.
    var hasDate: Bool {
        var slashes = 0
        for at in range where text.bytes[at] == UInt8(ascii: "/") { slashes += 1 }
        guard slashes >= 2 else { return false }
        var at = range.lowerBound
        while at < range.upperBound {
            if isDate(at, firstUpTo: 3, secondUpTo: 1) || isDate(at, firstUpTo: 1, secondUpTo: 3) { return true }
            at = text.character(at: at).next
        }
        return false
    }

    /// One or two digits, a slash, one or two digits, a slash, two digits at least.
    private func isDate(_ start: Int, firstUpTo first: UInt32, secondUpTo second: UInt32) -> Bool {
        guard let slash = skipPart(start, upTo: first), let other = skipPart(slash, upTo: second), let one = skip(other, Text.isDigit)
        else {
            return false
        }
        return skip(one, Text.isDigit) != nil
    }

    /// `[0-n]?\d/`
    private func skipPart(_ start: Int, upTo tens: UInt32) -> Int? {
        func slash(_ at: Int?) -> Int? { at.flatMap { skip($0) { $0 == 0x2F } } }
        if let ten = skip(start, { $0 >= 0x30 && $0 <= 0x30 + tens }), let after = slash(skip(ten, Text.isDigit)) { return after }
        return slash(skip(start, Text.isDigit))
    }

    /// `2012-01-02 08`, with `:00` behind the candidate.
    var isTimestamp: Bool {
        guard let units = back(range.upperBound, Text.isDigit), let hour = back(units, { $0 >= 0x30 && $0 <= 0x32 }),
            var end = back(hour, { $0 == 0x20 })
        else { return false }
        while let space = back(end, { $0 == 0x20 }) { end = space }
        guard let day = back(end, Text.isDigit), let dayTens = back(day, { $0 >= 0x30 && $0 <= 0x33 }) else { return false }
        let beforeDay = back(dayTens, Self.isDateSeparator) ?? dayTens
        guard let month = back(beforeDay, Text.isDigit), let monthTens = back(month, { $0 == 0x30 || $0 == 0x31 }) else { return false }
        var year = back(monthTens, Self.isDateSeparator) ?? monthTens
        for _ in 0..<3 {
            guard let digit = back(year, Text.isDigit) else { return false }
            year = digit
        }
        guard back(year, { $0 == 0x31 || $0 == 0x32 }) != nil else { return false }
        let rest = Text(UnsafeBufferPointer(rebasing: text.bytes[range.upperBound...]))
        guard rest.count > 2, rest.bytes[0] == UInt8(ascii: ":"), rest.bytes[1] >= 0x30, rest.bytes[1] <= 0x35 else { return false }
        return Text.isDigit(rest.character(at: 2).value)
    }

    private static func isDateSeparator(_ character: UInt32) -> Bool { character == 0x2D || character == 0x2F }

    // MARK: Steps

    /// The place behind one character if it is such a one.
    private func skip(_ at: Int, _ holds: (UInt32) -> Bool) -> Int? {
        guard at < range.upperBound else { return nil }
        let (character, next) = text.character(at: at)
        return holds(character) ? next : nil
    }

    /// The place behind some characters without brackets; nil without any.
    private func skipPlain(_ start: Int) -> Int? {
        var at = start
        while let next = skip(at, { !Text.opens($0) && !Text.closes($0) }) { at = next }
        return at > start ? at : nil
    }

    /// The place in front of one character if it is such a one.
    private func back(_ at: Int, _ holds: (UInt32) -> Bool) -> Int? {
        guard at > range.lowerBound else { return nil }
        let (character, start) = text.character(before: at)
        return holds(character) ? start : nil
    }
}
