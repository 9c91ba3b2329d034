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

    /// All that was typed, and the same without separators: digits, and a plus sign in front.
    private var typed = ""
    private var accrued: [UInt8] = []
    /// What stands in front of the national significant number, and that number as far as it was typed.
    private var prefix: [UInt8] = []
    private var national: [UInt8] = []
    private var nationalPrefix: [UInt8] = []

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
        typed.unicodeScalars.append(scalar)
        typedCount += 1
        if remembersPosition { remembered.typed = typedCount }
        var digit: UInt8?
        if typedCount == 1, scalar == "+" || scalar == "\u{FF0B}" {
            accrued.append(UInt8(ascii: "+"))
            if remembersPosition { remembered.accrued = accrued.count }
        } else if let value = Symbol.asciiDigit(scalar) {
            digit = value
            accrued.append(value)
            national.append(value)
            if remembersPosition { remembered.accrued = accrued.count }
        } else {
            canFormat = false
            hasOwnSeparators = true
        }
        // No number is as long, so nothing would come of it.
        text = typedCount > Self.longest ? typed : shown(digit)
    }

    private static let longest = 250

    private mutating func shown(_ digit: UInt8?) -> String {
        guard canFormat else {
            // Perhaps what made it impossible was a very long prefix.
            if hasOwnSeparators { return typed }
            if takeInternationalPrefix() {
                if takeCallingCode() { return chooseAgain() }
            } else if takeLongerNationalPrefix() {
                prefix.append(UInt8(ascii: " "))
                return chooseAgain()
            }
            return typed
        }
        if accrued.count <= 2 { return typed }
        if accrued.count == 3 {
            guard takeInternationalPrefix() else {
                nationalPrefix = takeNationalPrefix()
                return choose()
            }
            expectsCallingCode = true
        }
        if expectsCallingCode {
            if takeCallingCode() { expectsCallingCode = false }
            return String(decoding: prefix + national, as: UTF8.self)
        }
        guard formats?.fitting ?? 0 != 0 else { return choose() }
        let filled = digit.flatMap { fill($0) }
        if let exact = exactly() { return String(decoding: exact, as: UTF8.self) }
        narrow()
        if newTemplate() { return refill() }
        return canFormat ? joined(filled ?? Array(typed.utf8)) : typed
    }

    // MARK: Choosing formats

    private mutating func chooseAgain() -> String {
        canFormat = true
        expectsCallingCode = false
        formats = nil
        template = TypingTemplate()
        pattern = nil
        return choose()
    }

    private mutating func choose() -> String {
        guard national.count >= 3 else { return joined(national) }
        findFormats()
        if let exact = exactly() { return String(decoding: exact, as: UTF8.self) }
        return newTemplate() ? refill() : typed
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
        let possible = national.withUnsafeBufferPointer { digits in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(digits.count, 1)) { values in
                for index in digits.indices { values[index] = digits[index] & 15 }
                return set.byTypedDigits(UnsafeBufferPointer(rebasing: values[..<digits.count]))
            }
        }
        formats = (set, fitting & possible)
    }

    /// The number in the first format that takes all of its digits and changes none.
    private mutating func exactly() -> [UInt8]? {
        guard let (set, fitting) = formats, national.count <= NationalDigits.capacity else { return nil }
        var left = fitting & set.byLength(national.count)
        while left != 0 {
            let format = set[left.trailingZeroBitCount]
            left &= left - 1
            spacesNationalPrefix = format.prefixRules.contains(.isSpaced)
            let whole = joinedBytes(TypingTemplate(format, longest: national.count).filled(with: national))
            if whole.lazy.filter(PhoneNumber.isDialled).elementsEqual(accrued) { return whole }
        }
        return nil
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
                template = TypingTemplate(format, longest: longest)
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

    /// Fills the next place of the template; nil if it has none.
    private mutating func fill(_ digit: UInt8) -> [UInt8]? {
        if let filled = template.fill(digit) { return filled }
        if formats?.fitting.nonzeroBitCount == 1 { canFormat = false }
        pattern = nil
        return nil
    }

    private mutating func refill() -> String {
        guard !national.isEmpty else { return String(decoding: prefix, as: UTF8.self) }
        var last: [UInt8]?
        for digit in national { last = fill(digit) }
        return canFormat ? joined(last ?? Array(typed.utf8)) : typed
    }

    private func joined(_ national: [UInt8]) -> String {
        String(decoding: joinedBytes(national), as: UTF8.self)
    }

    private func joinedBytes(_ national: [UInt8]) -> [UInt8] {
        let isSpaced = spacesNationalPrefix && !prefix.isEmpty && prefix.last != UInt8(ascii: " ")
        return prefix + (isSpaced ? [UInt8(ascii: " ")] : []) + national
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
