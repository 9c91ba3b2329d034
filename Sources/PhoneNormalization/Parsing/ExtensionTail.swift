/// The end of a text, looked at as an extension: a label, then digits, then perhaps a `#`.
///
/// Source: libphonenumber, `createExtnPattern` for parsing. Every alternative of that pattern ends with a run of digits
/// at the end of the text, and nothing in front of the digits is a digit; so the digits are found first, from the end, and
/// a label can only begin behind the last digit before them.
struct ExtensionTail {
    private let symbols: UnsafeMutablePointer<UInt8>
    private let end: Int
    /// Where the extension's digits are.
    let digits: Range<Int>
    private let hasHash: Bool
    /// No label can begin before this.
    let earliestStart: Int

    /// nil if the text does not end like an extension.
    init?(_ text: SymbolText, until end: Int) {
        symbols = text.symbols
        self.end = end
        var last = end
        if last > text.part.start, symbols[last - 1] == UInt8(ascii: "#") { last -= 1 }
        hasHash = last < end
        var first = last
        while first > text.part.start, Symbol.traits(symbols[first - 1]).contains(.digit) { first -= 1 }
        guard first < last, last - first <= ExtensionDigits.capacity else { return nil }
        digits = first..<last
        var earliest = first
        while earliest > text.part.start, !Symbol.traits(symbols[earliest - 1]).contains(.digit) { earliest -= 1 }
        earliestStart = earliest
    }

    /// Where the first label begins that leads up to the digits.
    var firstMatch: Int? {
        for start in earliestStart..<digits.lowerBound where matches(from: start) { return start }
        return nil
    }

    /// Whether all from `start` to the digits is a label that so many digits may follow.
    func matches(from start: Int) -> Bool {
        guard start < digits.lowerBound else { return false }
        if !hasHash, skip(";ext=", from: start) == digits.lowerBound { return true }
        if digits.count <= 6, hasHash, onlyHyphensAndSpaces(from: start) { return true }
        let label = skipBlanks(from: start, commas: true)
        if let after = explicitLabel(at: label), digitsFollow(after) { return true }
        if digits.count <= 9, let after = ambiguousLabel(at: label), digitsFollow(after) { return true }
        let comma = skipBlanks(from: start, commas: false)
        if digits.count <= 15, let after = dialLabel(at: comma), digitsFollow(after) { return true }
        return digits.count <= 9 && symbols[comma] == UInt8(ascii: ",") && digitsFollow(skipCommas(from: comma))
    }

    // MARK: Labels

    /// `e?xt(ensi(o\u0301?|ó))?n?`, the same in full width without the middle, `доб`, `anexo`.
    private func explicitLabel(at start: Int) -> Int? {
        if let after = skip("anexo", from: start) { return after }
        if symbols[start] == Symbol.cyrillicD {
            return symbol(start + 1) == Symbol.cyrillicO && symbol(start + 2) == Symbol.cyrillicB ? start + 3 : nil
        }
        var index = start
        if symbol(index) == Symbol.wideE || symbol(index) == Symbol.wideX {
            if symbol(index) == Symbol.wideE { index += 1 }
            guard symbol(index) == Symbol.wideX, symbol(index + 1) == Symbol.wideT else { return nil }
            return symbol(index + 2) == Symbol.wideN ? index + 3 : index + 2
        }
        guard let afterT = skip("ext", from: start) ?? skip("xt", from: start) else { return nil }
        index = afterT
        if let middle = skip("ensi", from: index) {
            if symbol(middle) == Symbol.acuteO {
                index = middle + 1
            } else if letter(middle) == UInt8(ascii: "o") {
                index = symbol(middle + 1) == Symbol.acute ? middle + 2 : middle + 1
            }
        }
        return letter(index) == UInt8(ascii: "n") ? index + 1 : index
    }

    private func ambiguousLabel(at start: Int) -> Int? {
        switch symbols[start] {
        case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "#"), UInt8(ascii: "~"), Symbol.wideX, Symbol.wideHash, Symbol.wideTilde:
            return start + 1
        case Symbol.wideI:
            return symbol(start + 1) == Symbol.wideN && symbol(start + 2) == Symbol.wideT ? start + 3 : nil
        default:
            return skip("int", from: start)
        }
    }

    /// What telephones dial by themselves: two commas or a semicolon.
    private func dialLabel(at start: Int) -> Int? {
        if symbols[start] == UInt8(ascii: ";") { return start + 1 }
        return symbols[start] == UInt8(ascii: ",") && symbol(start + 1) == UInt8(ascii: ",") ? start + 2 : nil
    }

    // MARK: Around labels

    /// Whether a label's end at `start` leads to the digits: a full stop or colon at most, then blanks, commas and hyphens.
    private func digitsFollow(_ start: Int) -> Bool {
        var index = start
        if index < digits.lowerBound, Symbol.traits(symbols[index]).contains(.labelEnd) { index += 1 }
        while index < digits.lowerBound, Symbol.traits(symbols[index]).contains(.blank) || symbols[index] == UInt8(ascii: "-") {
            index += 1
        }
        return index == digits.lowerBound
    }

    private func skipBlanks(from start: Int, commas: Bool) -> Int {
        var index = start
        while index < digits.lowerBound, Symbol.traits(symbols[index]).contains(.blank), commas || symbols[index] != UInt8(ascii: ",") {
            index += 1
        }
        return index
    }

    private func skipCommas(from start: Int) -> Int {
        var index = start
        while index < digits.lowerBound, symbols[index] == UInt8(ascii: ",") { index += 1 }
        return index
    }

    private func onlyHyphensAndSpaces(from start: Int) -> Bool {
        for index in start..<digits.lowerBound where symbols[index] != UInt8(ascii: "-") && symbols[index] != UInt8(ascii: " ") {
            return false
        }
        return true
    }

    /// The symbol at a place in front of the digits; 0 elsewhere.
    private func symbol(_ index: Int) -> UInt8 {
        index < digits.lowerBound ? symbols[index] : 0
    }

    /// The symbol as a lower-case ASCII letter where it matches one without regard to case.
    private func letter(_ index: Int) -> UInt8 {
        switch symbol(index) {
        case Symbol.longS: UInt8(ascii: "s")
        case Symbol.dotlessI, Symbol.dottedI: UInt8(ascii: "i")
        case let upper where upper >= UInt8(ascii: "A") && upper <= UInt8(ascii: "Z"): upper | 0x20
        case let other: other
        }
    }

    /// The place behind an ASCII text, without regard to case; nil if it is not there.
    private func skip(_ text: StaticString, from start: Int) -> Int? {
        for offset in 0..<text.utf8CodeUnitCount where letter(start + offset) != text.utf8Start[offset] {
            return nil
        }
        return start + text.utf8CodeUnitCount
    }
}
