/// The way from texts that look like numbers to numbers.
struct Search {
    let text: Text
    let region: Region?
    let leniency: PhoneNumberFinder.Leniency
    /// How many more texts may turn out to be none.
    var triesLeft: Int

    typealias Found = (number: PhoneNumber, range: Range<Int>)

    /// The next number at or behind a position.
    mutating func next(from start: Int) -> Found? {
        var offset = start
        let scan = CandidateScan(text)
        while triesLeft > 0, let whole = scan.next(from: offset) {
            let candidate = whole.lowerBound..<secondNumber(in: whole)
            if let found = number(in: candidate) { return found }
            triesLeft -= 1
            offset = candidate.upperBound
        }
        return nil
    }

    /// A slash and an x tell of another number's extension; the end of the candidate without them.
    private func secondNumber(in candidate: Range<Int>) -> Int {
        for at in candidate where text.bytes[at] == UInt8(ascii: "/") || text.bytes[at] == UInt8(ascii: "\\") {
            var next = at + 1
            while next < candidate.upperBound, text.bytes[next] == UInt8(ascii: " ") { next += 1 }
            if next < candidate.upperBound, text.bytes[next] == UInt8(ascii: "x") { return at }
        }
        return candidate.upperBound
    }

    private mutating func number(in candidate: Range<Int>) -> Found? {
        let shape = CandidateShape(text: text, range: candidate)
        if shape.hasDate || shape.isTimestamp { return nil }
        return verified(candidate) ?? innerNumber(in: candidate)
    }

    // MARK: Parts of a candidate

    /// A candidate that is no number as a whole may be two numbers, or have one in it.
    private mutating func innerNumber(in candidate: Range<Int>) -> Found? {
        for separator in Separator.allCases {
            var isFirst = true
            var at = candidate.lowerBound
            while triesLeft > 0, let part = separator.part(of: text, in: candidate, from: at) {
                if isFirst {
                    // What stands in front of the first separator as well.
                    if let found = verified(trimmed(candidate.lowerBound..<part.start)) { return found }
                    triesLeft -= 1
                    isFirst = false
                }
                if let found = verified(trimmed(part.range)) { return found }
                triesLeft -= 1
                at = text.character(at: part.start).next
                // Each further space in front of the same part is a try of its own with the same end. There may be a million of them.
                while separator == .space, triesLeft > 0, at < part.range.lowerBound {
                    triesLeft -= 1
                    at = text.character(at: at).next
                }
            }
        }
        return nil
    }

    /// Without what no number ends with.
    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound {
            let (character, start) = text.character(before: end)
            if Text.endsNumber(character), character != 0x5F { break }
            end = start
        }
        return range.lowerBound..<end
    }

    // MARK: Looking closely

    /// More bytes than the longest number that can be read.
    private static let mostBytes = 4 * Scratch.longestInput

    private func verified(_ range: Range<Int>) -> Found? {
        guard !range.isEmpty, range.count <= Self.mostBytes else { return nil }
        let shape = CandidateShape(text: text, range: range)
        guard shape.hasMatchingBrackets, !shape.hasPages else { return nil }
        if leniency >= .valid, isPartOfAWord(range) { return nil }
        var trace = FoundTrace()
        let bytes = UnsafeBufferPointer(rebasing: text.bytes[range])
        guard case .success(let number) = PhoneNumber.parse(bytes, region: region, trace: &trace) else { return nil }
        let candidate = FoundNumber(number: number, origin: trace.origin, text: Text(bytes))
        return candidate.satisfies(leniency) ? (number, range) : nil
    }

    private func isPartOfAWord(_ range: Range<Int>) -> Bool {
        if range.lowerBound > 0, !Text.leads(text.character(at: range.lowerBound).value) {
            let before = text.character(before: range.lowerBound).value
            if Text.tellsAmount(before) || Text.isLatinLetter(before) { return true }
        }
        guard range.upperBound < text.count else { return false }
        let after = text.character(at: range.upperBound).value
        return Text.tellsAmount(after) || Text.isLatinLetter(after)
    }

    private struct FoundTrace: ResolutionTrace {
        var origin = TypedPhoneNumber.Origin.region
        mutating func note(_ origin: TypedPhoneNumber.Origin) { self.origin = origin }
        mutating func note(carrierCode digits: Digits, _ range: @autoclosure () -> Range<Int>) {}
        mutating func forgetCarrierCode() {}
    }
}

/// What two numbers may be separated by, the plainest first.
enum Separator: CaseIterable {
    case slashes, bracket, spacedHyphen, dash, stops, space

    /// The first separator at or behind a position, and the part of the candidate that it begins.
    func part(of text: Text, in candidate: Range<Int>, from offset: Int) -> (start: Int, range: Range<Int>)? {
        var at = offset
        while at < candidate.upperBound {
            let (character, next) = text.character(at: at)
            if let range = part(of: text, in: candidate, at: at, character, next) { return (at, range) }
            at = next
        }
        return nil
    }

    private func part(of text: Text, in candidate: Range<Int>, at: Int, _ character: UInt32, _ next: Int) -> Range<Int>? {
        let end = candidate.upperBound
        switch self {
        case .slashes:
            guard character == 0x2F else { return nil }
            return skip(text, from: next, to: end) { $0 == 0x2F }..<end
        case .bracket:
            guard character == 0x28 else { return nil }
            return at..<skip(text, from: next, to: end) { $0 != 0x28 }
        case .spacedHyphen:
            guard next < end else { return nil }
            let (second, behind) = text.character(at: next)
            guard character == 0x2D && Text.isSpace(second) || Text.isSpace(character) && second == 0x2D else { return nil }
            return rest(text, from: behind, to: end)
        case .dash:
            guard (0x2012...0x2015).contains(character) || character == 0xFF0D else { return nil }
            return rest(text, from: next, to: end)
        case .stops:
            guard character == 0x2E else { return nil }
            let stops = skip(text, from: next, to: end) { $0 == 0x2E }
            var start = skip(text, from: stops, to: end, while: Text.isSpace)
            if start == end || text.bytes[start] == 0x2E {
                // A space is no stop, and may be all there is.
                guard start > stops else { return nil }
                start = text.character(before: start).start
            }
            return start..<skip(text, from: start, to: end) { $0 != 0x2E }
        case .space:
            guard Text.isSpace(character) else { return nil }
            let start = skip(text, from: next, to: end, while: Text.isSpace)
            return start == end ? nil : start..<skip(text, from: start, to: end) { !Text.isSpace($0) }
        }
    }

    /// All behind the white space at a position, at least one character.
    private func rest(_ text: Text, from start: Int, to end: Int) -> Range<Int>? {
        let word = skip(text, from: start, to: end, while: Text.isSpace)
        if word < end { return word..<end }
        return word > start ? text.character(before: word).start..<end : nil
    }

    private func skip(_ text: Text, from start: Int, to end: Int, while holds: (UInt32) -> Bool) -> Int {
        var at = start
        while at < end {
            let (character, next) = text.character(at: at)
            guard holds(character) else { break }
            at = next
        }
        return at
    }
}
