internal import CPhoneMetadata

/// A typed text as symbols, one byte a character, and the part of it that may be a number.
///
/// Source: libphonenumber, `buildNationalNumberForParsing`, `extractPossibleNumber`, `isViablePhoneNumber`, `normalize`.
struct SymbolText {
    private static let capacity = Scratch.longestInput
    /// Symbols and scripts, and room to put a phone-context in front of a number.
    static let byteCount = 4 * capacity

    private(set) var symbols: UnsafeMutablePointer<UInt8>
    /// The script of a digit beyond ASCII, from 1; without meaning elsewhere.
    private(set) var scripts: UnsafeMutablePointer<UInt8>
    private let spare: UnsafeMutablePointer<UInt8>
    private var count: Int
    /// The union of all symbols' traits.
    private var present: Symbol.Traits
    private var firstSemicolon: Int
    private let isASCII: Bool
    private let hasReplacement: Bool
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The part that may be a number, and what it is made of.
    private(set) var part = Part()

    /// A range of symbols, read from its start.
    struct Part {
        var start = 0
        var end = 0
        /// Digits found, and written to the scratch memory.
        var digits = 0
        /// ASCII letters found.
        var letters = 0
        /// The place behind the third digit; beyond every text without one.
        var afterThird = Int.max
        /// The first symbol that no number has at its place; beyond every text if all may be there.
        var stop = Int.max
    }

    /// nil if there are more characters than libphonenumber reads.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, memory: UnsafeMutableBufferPointer<UInt8>) {
        // Four bytes are the longest character.
        guard bytes.count <= 4 * Self.capacity, Characters.atLeast(in: bytes) <= Self.capacity, let base = memory.baseAddress else {
            return nil
        }
        symbols = base
        scripts = base + Self.capacity
        spare = base + 2 * Self.capacity
        let traits = phone_table_symbol_traits()
        let (symbols, scripts) = (symbols, scripts)
        var characters = Characters(bytes)
        var count = 0
        var present: UInt16 = 0
        var semicolon = Int.max
        var hasReplacement = false
        while let character = characters.next() {
            guard count < Self.capacity else { return nil }
            let symbol: UInt8
            if character < 128 {
                symbol = UInt8(truncatingIfNeeded: character)
                if symbol == UInt8(ascii: ";"), semicolon == .max { semicolon = count }
            } else {
                (symbol, scripts[count]) = Symbol.symbol(for: character)
                if character == Characters.replacement { hasReplacement = true }
            }
            symbols[count] = symbol
            present |= traits[Int(symbol)]
            count &+= 1
        }
        self.count = count
        isASCII = characters.offset == count
        self.hasReplacement = hasReplacement
        self.bytes = bytes
        self.present = Symbol.Traits(rawValue: present)
        firstSemicolon = semicolon
    }

    /// Whether the number begins with a plus sign.
    var hasPlus: Bool { part.end > part.start && Symbol.traits(symbols[part.start]).contains(.plus) }

    // MARK: Finding the number

    /// Why there is no number, and how many characters into the text.
    struct Failure {
        let character: Int?
        /// Whether characters are bytes.
        let isASCII: Bool
        /// Whether there are broken characters, or characters that stand for such.
        let hasReplacement: Bool

        /// Looks closer than the reading did, which has no time to: at what people get wrong beside the number.
        func error(in bytes: UnsafeBufferPointer<UInt8>) -> PhoneNumberError {
            if hasReplacement, let broken = Characters.firstBroken(in: bytes) { return PhoneNumberError(.invalidUTF8, byteOffset: broken) }
            if Characters.areBlank(bytes) { return PhoneNumberError(.empty) }
            guard let character else { return PhoneNumberError(.notANumber) }
            if isASCII { return PhoneNumberError(.notANumber, byteOffset: character) }
            var characters = Characters(bytes)
            for _ in 0..<character { _ = characters.next() }
            return PhoneNumberError(.notANumber, byteOffset: characters.offset)
        }
    }

    /// Narrows the text down to what may be a number, and writes its digits; the failure if nothing is.
    mutating func findNumber(_ scratch: Scratch) -> Failure? {
        var isMoved = false
        if firstSemicolon < count, let context = find(";phone-context=", in: firstSemicolon..<count) {
            if let failure = moveContext(at: context) { return failure }
            isMoved = true
            part = survey(0..<count, scratch)
        } else {
            extractPossibleNumber(scratch)
        }
        if firstSemicolon < count, let subaddress = find(";isub=", in: part.start..<part.end), subaddress > part.start {
            part = survey(part.start..<subaddress, scratch)
        }
        guard let stop = unviable(part, until: part.end) else { return nil }
        return failure(at: isMoved ? nil : stop)
    }

    private func failure(at character: Int?) -> Failure {
        Failure(character: character, isASCII: isASCII, hasReplacement: hasReplacement)
    }

    /// Takes the whole text for what may be a number.
    mutating func takeWhole(_ scratch: Scratch) {
        part = survey(0..<count, scratch)
    }

    /// Strips what cannot start a number, what cannot end one, and a second number.
    private mutating func extractPossibleNumber(_ scratch: Scratch) {
        var start = 0
        while start < count, Symbol.traits(symbols[start]).isDisjoint(with: [.plus, .digit]) { start &+= 1 }
        var end = count
        while end > start, !endsNumber(end &- 1) { end &-= 1 }
        if present.contains([.extensionStart, .slash]), let second = secondNumber(in: start..<end) { end = second }
        part = survey(start..<end, scratch)
    }

    /// Whether a number may end with a character of the text: with a letter or a number of any kind, or with a hash.
    private func endsNumber(_ index: Int) -> Bool {
        guard Symbol.traits(symbols[index]).isDisjoint(with: [.word, .hash]) else { return true }
        guard symbols[index] == Symbol.other else { return false }
        var characters = Characters(bytes)
        for _ in 0..<index { _ = characters.next() }
        return characters.next().map(Symbol.isWord) ?? false
    }

    /// Where a slash and an x tell of another number's extension.
    private func secondNumber(in range: Range<Int>) -> Int? {
        for index in range where Symbol.traits(symbols[index]).contains(.slash) {
            var next = index + 1
            while next < range.upperBound, symbols[next] == UInt8(ascii: " ") { next += 1 }
            if next < range.upperBound, symbols[next] == UInt8(ascii: "x") { return index }
        }
        return nil
    }

    /// Reads a range once: its digits, its letters, and where it stops being a number.
    private func survey(_ range: Range<Int>, _ scratch: Scratch) -> Part {
        let (symbols, target) = (symbols, scratch.digits)
        let mayHaveExtension = present.contains(.extensionStart)
        let traits = phone_table_symbol_traits()
        var part = Part(start: range.lowerBound, end: range.upperBound)
        let body = Symbol.Traits([.digit, .punctuation]).rawValue
        var allowed = body | Symbol.Traits.plus.rawValue
        var (digits, letters) = (0, 0)
        var index = range.lowerBound
        while index < range.upperBound {
            let symbol = symbols[index]
            let trait = traits[Int(symbol)]
            if trait & allowed == 0 {
                part.stop = min(part.stop, index)
                // Without an extension there is nothing to hope for any more.
                if !mayHaveExtension { break }
                allowed = .max
            }
            index &+= 1
            // Written in any case, counted only if it is a digit: a branch here would be mispredicted at every separator.
            target[digits] = symbol & 0x80 == 0 ? symbol & 0x0F : symbol &- Symbol.digitZero
            digits &+= Int(trait & Symbol.Traits.digit.rawValue)
            if digits == 3, part.afterThird == .max {
                part.afterThird = index
                allowed |= Symbol.Traits.letter.rawValue
            }
            // Plus signs come first or not at all.
            allowed &= trait | ~Symbol.Traits.plus.rawValue
            letters &+= Int(trait >> 7 & 1)
        }
        part.digits = digits
        part.letters = letters
        return part
    }

    /// Where a part's characters until `end` stop being a number; nil if they are one.
    private func unviable(_ part: Part, until end: Int) -> Int? {
        if part.afterThird <= end, part.stop >= end { return nil }
        let isDigit = { (index: Int) in Symbol.traits(symbols[index]).contains(.digit) }
        if end - part.start == 2, isDigit(part.start), isDigit(part.start + 1) { return nil }
        let stop = min(part.stop, end)
        guard part.afterThird <= stop, present.contains(.extensionStart), let tail = ExtensionTail(self, until: end) else { return stop }
        var split = max(part.afterThird, tail.earliestStart)
        while split <= stop {
            if tail.matches(from: split) { return nil }
            split += 1
        }
        return stop
    }

    // MARK: Taking it apart

    /// Cuts an extension off the end and returns its digits; none if the rest would not be a number.
    mutating func takeExtension() -> ExtensionDigits {
        var digits = ExtensionDigits()
        guard present.contains(.extensionStart), let tail = ExtensionTail(self, until: part.end), let split = tail.firstMatch,
            unviable(part, until: split) == nil
        else { return digits }
        for index in tail.digits {
            let symbol = symbols[index]
            if symbol < 128 {
                digits.append(script: 0, value: symbol & 0x0F)
            } else {
                digits.append(script: scripts[index], value: symbol - Symbol.digitZero)
            }
        }
        // Nothing between the split and the extension's digits is a digit.
        part.digits -= tail.digits.count
        part.end = split
        return digits
    }

    /// The number's digits; letters count as keypad digits if there are three of them.
    func digits(_ scratch: Scratch) -> Digits {
        guard part.letters >= 3 else { return scratch.finish(count: part.digits) }
        var letters = 0
        for index in part.start..<part.end where Symbol.traits(symbols[index]).contains(.asciiLetter) { letters += 1 }
        guard letters >= 3 else { return scratch.finish(count: part.digits) }
        var count = 0
        for index in part.start..<part.end {
            guard let value = Symbol.keypad(symbols[index]) else { continue }
            scratch.digits[count] = value
            count += 1
        }
        return scratch.finish(count: count)
    }

    // MARK: RFC 3966

    /// Puts what stands in front of `;phone-context=` behind the context if that is a number's beginning, or alone.
    private mutating func moveContext(at context: Int) -> Failure? {
        let value = context + 15
        var valueEnd = value
        while valueEnd < count, symbols[valueEnd] != UInt8(ascii: ";") { valueEnd += 1 }
        guard PhoneContext.isValid(self, value..<valueEnd) else { return failure(at: value) }
        let numberStart = find("tel:", in: 0..<count).map { $0 + 4 } ?? 0
        var moved = 0
        func move(_ range: Range<Int>) {
            for index in range {
                spare[moved] = symbols[index]
                spare[Self.capacity + moved] = scripts[index]
                moved += 1
            }
        }
        if symbols[value] == UInt8(ascii: "+") { move(value..<valueEnd) }
        if numberStart < context { move(numberStart..<context) }
        symbols = spare
        scripts = spare + Self.capacity
        count = moved
        firstSemicolon = 0
        return nil
    }

    /// Where an ASCII text first occurs.
    private func find(_ text: StaticString, in range: Range<Int>) -> Int? {
        let length = text.utf8CodeUnitCount
        let wanted = text.utf8Start
        guard range.count >= length else { return nil }
        for index in range.lowerBound...(range.upperBound - length) where symbols[index] == wanted[0] {
            var matched = 1
            while matched < length, symbols[index + matched] == wanted[matched] { matched += 1 }
            if matched == length { return index }
        }
        return nil
    }
}
