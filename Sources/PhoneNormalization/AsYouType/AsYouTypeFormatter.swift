internal import CPhoneMetadata

/// Formats a number while it is typed: `0446` becomes `044 6`, `+4144668` becomes `+41 44 668`.
///
/// Feed it one character after the other and show what it answers. As soon as somebody types a separator of their own, it shows what
/// they type and nothing else. For a change in the middle of the text, ``clear()`` it and feed it the whole text again.
///
/// ```swift
/// var formatter = AsYouTypeFormatter(region: "CH")
/// for character in "0446681800" { field.text = formatter.append(character) }
/// ```
///
/// Source: libphonenumber, `AsYouTypeFormatter`.
public struct AsYouTypeFormatter: Sendable {
    /// What is shown now.
    public private(set) var text = ""

    /// Index of the plan that the formatter was made for; nil without one.
    private let home: Int?
    private let homeRegion: Region?
    /// Index of the country calling code whose formats apply now.
    private var code: Int?

    /// All that was typed as UTF-8, and the same without separators: digits, and a plus sign in front.
    private var typed: [UInt8] = []
    private var accrued: [UInt8] = []
    /// What stands in front of the national significant number, and that number as far as it was typed.
    private var prefix: [UInt8] = []
    private var national: [UInt8] = []
    private var nationalPrefix: [UInt8] = []
    /// Where what is shown is put together, in memory that serves one character after the other.
    private var line: [UInt8] = []

    /// The formats that may still fit: a bit for each of a set.
    private var formats: (set: FormatSet, fitting: UInt32)?
    /// The template in use, and how many of its places are filled.
    private var template = TypingTemplate()
    /// Which pattern the template is of; nil for none.
    private var pattern: UInt16?

    private var canFormat = true
    private var hasOwnSeparators = false
    private var isComplete = false
    private var expectsCallingCode = false
    private var spacesNationalPrefix = false

    /// Where the remembered character is, in what was typed and in its digits.
    private var remembered = (typed: 0, accrued: 0)
    private var typedCount = 0

    /// - Parameter region: where the number is dialled from; without a plan only numbers with a plus sign are formatted.
    public init(region: Region?) {
        homeRegion = region
        home = region.flatMap { Plans.regionIndex(letters: $0.letters) }.map { Plans.code(ofRegion: $0) }
        code = home
    }

    /// Starts a new number.
    public mutating func clear() {
        self = AsYouTypeFormatter(region: homeRegion)
    }

    /// Takes the next character.
    ///
    /// - Parameters:
    ///   - character: a digit of any script, a plus sign in front, or a separator.
    ///   - remembersPosition: whether ``rememberedPosition`` shall say where this character is shown, for the cursor.
    /// - Returns: ``text``.
    /// - Complexity: O(1) up to 250 characters; beyond, what it takes to append.
    @discardableResult
    public mutating func append(_ character: Character, remembersPosition: Bool = false) -> String {
        for scalar in character.unicodeScalars { append(scalar, remembersPosition) }
        return text
    }

    /// How many characters of ``text`` are in front of the cursor, if it was behind the character to remember.
    public var rememberedPosition: Int {
        guard canFormat else { return remembered.typed }
        var (position, found) = (0, 0)
        for scalar in text.unicodeScalars {
            guard found < remembered.accrued else { break }
            if UInt32(accrued[found]) == scalar.value { found += 1 }
            position += 1
        }
        return position
    }

    // MARK: One character

    private mutating func append(_ scalar: Unicode.Scalar, _ remembersPosition: Bool) {
        typedCount += 1
        guard typedCount <= Self.longest else { return appendPlainly(scalar, remembersPosition) }
        if scalar.isASCII { typed.append(UInt8(scalar.value)) } else { typed += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter }
        if remembersPosition { remembered.typed = typedCount }
        var digit: UInt8?
        if typedCount == 1, scalar == "+" || scalar == "\u{FF0B}" {
            accrued.append(UInt8(ascii: "+"))
            if remembersPosition { remembered.accrued = accrued.count }
        } else if let value = Symbol.decimal(scalar.value) ?? Symbol.raised(scalar.value) {
            let ascii = UInt8(ascii: "0") + value
            digit = ascii
            accrued.append(ascii)
            national.append(ascii)
            if remembersPosition { remembered.accrued = accrued.count }
        } else {
            canFormat = false
            hasOwnSeparators = true
        }
        text = shown(digit)
    }

    private static let longest = 250

    private var allTyped: String { String(decoding: typed, as: UTF8.self) }

    /// No number is as long, so nothing more comes of it. The text is what was typed, in one place: two would be copied at every character.
    private mutating func appendPlainly(_ scalar: Unicode.Scalar, _ remembersPosition: Bool) {
        if !typed.isEmpty {
            canFormat = false
            text = allTyped
            typed = []
        }
        text.unicodeScalars.append(scalar)
        if remembersPosition { remembered.typed = typedCount }
    }

    private mutating func shown(_ digit: UInt8?) -> String {
        guard canFormat else {
            // Perhaps what made it impossible was a very long prefix.
            if hasOwnSeparators { return allTyped }
            if takeInternationalPrefix() {
                if takeCallingCode() { return chooseAgain() }
            } else if takeLongerNationalPrefix() {
                prefix.append(UInt8(ascii: " "))
                return chooseAgain()
            }
            return allTyped
        }
        if accrued.count <= 2 { return allTyped }
        if accrued.count == 3 {
            guard takeInternationalPrefix() else {
                nationalPrefix = takeNationalPrefix()
                return choose()
            }
            expectsCallingCode = true
        }
        if expectsCallingCode {
            if takeCallingCode() { expectsCallingCode = false }
            line.removeAll(keepingCapacity: true)
            line += prefix
            line += national
            return String(decoding: line, as: UTF8.self)
        }
        guard formats?.fitting ?? 0 != 0 else { return choose() }
        let isFilled = digit.map { fill($0) } ?? false
        if let exact = exactly() { return exact }
        narrow()
        if newTemplate() { return refill() }
        return canFormat ? joined(isFilled ? template.filled : typed[...]) : allTyped
    }

    // MARK: Choosing formats

    private mutating func chooseAgain() -> String {
        canFormat = true
        expectsCallingCode = false
        formats = nil
        template.clear()
        pattern = nil
        return choose()
    }

    private mutating func choose() -> String {
        guard national.count >= 3 else { return joined(national[...]) }
        findFormats()
        if let exact = exactly() { return exact }
        return newTemplate() ? refill() : allTyped
    }

    /// The formats that may fit, given what stands in front of the number.
    private mutating func findFormats() {
        guard let code else { return }
        let isInternational = isComplete && nationalPrefix.isEmpty
        let plan = Plans.codes[code]
        let set = FormatSet(isInternational ? plan.international_formats : plan.national_formats)
        var fitting: UInt32 = 0
        for index in 0..<set.count {
            let rules = set[index].prefixRules
            guard rules.contains(.isTypable) else { continue }
            if !nationalPrefix.isEmpty {
                // A prefix was typed, which may be a carrier code.
                if rules.contains(.firstGroupAlone), rules.isDisjoint(with: [.prefixIsOptional, .hasCarrierRule]) { continue }
            } else if !isComplete, rules.isDisjoint(with: [.firstGroupAlone, .prefixIsOptional]) {
                continue
            }
            fitting |= 1 << UInt32(index)
        }
        formats = (set, fitting)
        narrow()
    }

    /// Leaves those whose leading digits fit.
    private mutating func narrow() {
        guard let (set, fitting) = formats else { return }
        formats = (set, fitting & set.byTypedDigits(national))
    }

    /// The number in the first format that takes all of its digits and changes none.
    private mutating func exactly() -> String? {
        guard let (set, fitting) = formats, national.count <= NationalDigits.capacity else { return nil }
        var left = fitting & set.byLength(national.count)
        while left != 0 {
            let format = set[left.trailingZeroBitCount]
            left &= left - 1
            spacesNationalPrefix = format.prefixRules.contains(.isSpaced)
            beginLine()
            TypingTemplate.write(national, in: format, to: &line)
            if lineDialsAccrued { return String(decoding: line, as: UTF8.self) }
        }
        return nil
    }

    private var lineDialsAccrued: Bool {
        var next = 0
        for byte in line where PhoneNumber.isDialled(byte) {
            guard next < accrued.count, accrued[next] == byte else { return false }
            next += 1
        }
        return next == accrued.count
    }

    /// Takes the template of the first format that is long enough.
    ///
    /// - Returns: whether it is another one than before.
    private mutating func newTemplate() -> Bool {
        while let (set, fitting) = formats, fitting != 0 {
            let index = fitting.trailingZeroBitCount
            let format = set[index]
            if pattern == format.widths { return false }
            let longest = min(Int(format.longest), TypingTemplate.longest)
            if national.count <= longest, format.shortest <= longest {
                template.take(format, longest: longest)
                pattern = format.widths
                spacesNationalPrefix = format.prefixRules.contains(.isSpaced)
                return true
            }
            formats = (set, fitting & (fitting - 1))
        }
        canFormat = false
        return false
    }

    // MARK: Writing

    /// Fills the next place of the template; false if it has none.
    private mutating func fill(_ digit: UInt8) -> Bool {
        if template.fill(digit) { return true }
        if formats?.fitting.nonzeroBitCount == 1 { canFormat = false }
        pattern = nil
        return false
    }

    private mutating func refill() -> String {
        guard !national.isEmpty else { return String(decoding: prefix, as: UTF8.self) }
        var isFilled = false
        for digit in national { isFilled = fill(digit) }
        return canFormat ? joined(isFilled ? template.filled : typed[...]) : allTyped
    }

    private mutating func joined(_ national: ArraySlice<UInt8>) -> String {
        beginLine()
        line += national
        return String(decoding: line, as: UTF8.self)
    }

    /// What stands in front of the national significant number.
    private mutating func beginLine() {
        line.removeAll(keepingCapacity: true)
        line += prefix
        let space = UInt8(ascii: " ")
        if spacesNationalPrefix, let last = prefix.last, last != space { line.append(space) }
    }

    // MARK: What stands in front

    private mutating func takeInternationalPrefix() -> Bool {
        var end = 0
        if accrued.first == UInt8(ascii: "+") {
            end = 1
        } else {
            guard let code else { return false }
            let plan = Plans.regions[Int(Plans.codes[code].main_region)]
            // A code without region has no prefix of its own, and what follows is its number.
            if plan.international_prefix != 0 {
                guard let match = Plans.prefix(from: plan.international_prefix, ascii: accrued) else { return false }
                end = match.end
            }
        }
        isComplete = true
        national = Array(accrued[end...])
        prefix = Array(accrued[..<end])
        if accrued.first != UInt8(ascii: "+") { prefix.append(UInt8(ascii: " ")) }
        return true
    }

    private mutating func takeCallingCode() -> Bool {
        guard let first = national.first, first != UInt8(ascii: "0") else { return false }
        var value = 0
        for length in 1...3 where length <= national.count {
            value = value * 10 + Int(national[length - 1] & 15)
            guard let found = Plans.codeIndex(value: value) else { continue }
            prefix += national[..<length] + [UInt8(ascii: " ")]
            national.removeFirst(length)
            let main = Plans.regions[Int(Plans.codes[found].main_region)].letters
            if main == 0 || main != homeRegion?.letters { code = found }
            nationalPrefix = []
            return true
        }
        return false
    }

    private mutating func takeNationalPrefix() -> [UInt8] {
        var end = 0
        let one = UInt8(ascii: "1")
        if let code, Plans.codes[code].calling_code == 1, national.count > 1, national[0] == one, national[1] > one {
            // Numbers of North America begin with 2 to 9; 10 and 11 are something else.
            end = 1
            prefix += Array("1 ".utf8)
            isComplete = true
        } else if let code {
            let plan = Plans.regions[Int(Plans.codes[code].main_region)]
            if plan.national_prefix != 0, let match = Plans.prefix(from: plan.national_prefix, ascii: national), match.end > 0 {
                end = match.end
                isComplete = true
                prefix += national[..<end]
            }
        }
        defer { national.removeFirst(end) }
        return Array(national[..<end])
    }

    /// Some national prefixes are the beginning of others.
    private mutating func takeLongerNationalPrefix() -> Bool {
        if !nationalPrefix.isEmpty {
            national = nationalPrefix + national
            let last = (0...max(prefix.count - nationalPrefix.count, 0)).last { prefix[$0...].starts(with: nationalPrefix) }
            prefix = last.map { Array(prefix[..<$0]) } ?? Array(prefix.dropLast())
        }
        return nationalPrefix != takeNationalPrefix()
    }
}

extension AsYouTypeFormatter: CustomStringConvertible, CustomReflectable {
    /// How much was typed, and none of it; ``text`` is what to show.
    public var description: String { "AsYouTypeFormatter(\(typedCount) characters)" }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
