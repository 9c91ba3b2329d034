internal import CPhoneMetadata

/// A number that was read from a text, and the text: does it look like one that somebody wrote down?
struct FoundNumber {
    let number: PhoneNumber
    let origin: TypedPhoneNumber.Origin
    let text: Text

    func satisfies(_ leniency: PhoneNumberFinder.Leniency) -> Bool {
        if leniency == .possible { return number.possibility.isPossible }
        guard number.isValid, hasOnlyMeantLetters else { return false }
        if leniency == .valid { return hasNationalPrefixIfWritten }
        guard !hasManySlashes, hasNationalPrefixIfWritten else { return false }
        let candidate = digitsInPlace
        return groupings { groups in
            leniency == .strictGrouping ? keepsTogether(groups, in: candidate) : isWritten(groups, in: candidate)
        }
    }

    // MARK: Letters and slashes

    /// An x is an extension's, or two stand in front of a number behind a carrier code.
    private var hasOnlyMeantLetters: Bool {
        var at = 0
        while at + 1 < text.count {
            if isX(text.bytes[at]) {
                if isX(text.bytes[at + 1]) {
                    at += 1
                    let rest = String(decoding: text.bytes[at...], as: UTF8.self)
                    guard number.match(rest) == .national else { return false }
                } else if extensionBytes == nil || digits(from: at) != extensionBytes {
                    return false
                }
            }
            at += 1
        }
        return true
    }

    private func isX(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "x") || byte == UInt8(ascii: "X") }

    private var extensionBytes: [UInt8]? { number.extensionDigits.map { Array($0.utf8) } }

    /// More than one slash, unless the first is behind the country calling code.
    private var hasManySlashes: Bool {
        let slashes = text.bytes.indices.filter { text.bytes[$0] == UInt8(ascii: "/") }
        guard slashes.count >= 2 else { return false }
        guard origin == .plusSign || origin == .withoutPlusSign,
            digits(from: 0, to: slashes[0]) == Array("\(number.callingCode.value)".utf8)
        else { return true }
        return slashes.count > 2
    }

    private func digits(from start: Int, to end: Int? = nil) -> [UInt8] {
        var digits: [UInt8] = []
        var at = start
        while at < end ?? text.count {
            let (character, next) = text.character(at: at)
            if let value = Symbol.decimal(character) { digits.append(UInt8(ascii: "0") + value) }
            at = next
        }
        return digits
    }

    // MARK: The national prefix

    /// Where people write a national prefix, the text has it.
    private var hasNationalPrefixIfWritten: Bool {
        guard origin == .region else { return true }
        let region = Plans.regions + Int(number.plan.pointee.main_region)
        guard region.pointee.letters != 0, let format = FormatSet(number.plan.pointee.national_formats).format(of: number.national),
            format.prefixRules.contains(.hasRule), format.prefixRules.isDisjoint(with: [.prefixIsOptional, .firstGroupAlone])
        else { return true }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Scratch.byteCount) { memory in
            let scratch = Scratch(memory)
            var count = 0
            var at = 0
            while at < text.count, count < Scratch.longestInput {
                let (character, next) = text.character(at: at)
                if let value = Symbol.decimal(character) {
                    scratch.digits[count] = value
                    count += 1
                }
                at = next
            }
            return Resolution(scratch: scratch, region: nil).hasNationalPrefix(scratch.finish(count: count), plan: region)
        }
    }

    // MARK: Groups

    /// The text with ASCII digits, and one byte that is none for each other character.
    private var digitsInPlace: [UInt8] {
        var result: [UInt8] = []
        var at = 0
        while at < text.count {
            let (character, next) = text.character(at: at)
            result.append(Symbol.decimal(character).map { UInt8(ascii: "0") + $0 } ?? Self.gap)
            at = next
        }
        return result
    }

    private static let gap: UInt8 = 0

    /// Whether one of the ways the number may be grouped holds: first as it is written everywhere, then as people write it, too.
    private func groupings(_ holds: ([ArraySlice<UInt8>]) -> Bool) -> Bool {
        let national = TextBuffer.bytes { number.writeNational(.rfc3966, to: &$0) }
        if holds(split(national)) { return true }
        let plan = number.plan.pointee
        for index in 0..<Int(plan.alternate_count) {
            let set = FormatSet(plan.alternate_formats + UInt16(index))
            var left = set.byLeadingDigits(number.national)
            while left != 0 {
                if holds(split(grouped(by: set[left.trailingZeroBitCount]))) { return true }
                left &= left - 1
            }
        }
        return false
    }

    private func split(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    }

    /// The number in a format that may take fewer digits, and then takes the next ones again.
    private func grouped(by format: phone_format) -> [UInt8] {
        TextBuffer.bytes { buffer in
            let count = Int(number.national.count)
            var at = 0
            while count - at >= Int(format.shortest) {
                let taken = min(count - at, Int(format.longest))
                buffer.append(template: format.rfc3966, number.national.dropFirst(at), DigitGroups(format, count: taken))
                at += taken
            }
            buffer.append(number.national, at..<count)
        }
    }

    /// No group is torn apart.
    private func keepsTogether(_ groups: [ArraySlice<UInt8>], in candidate: [UInt8]) -> Bool {
        var from = 0
        if origin != .region {
            let code = Array("\(number.callingCode.value)".utf8)
            from = (find(code[...], in: candidate, from: 0) ?? -1) + code.count
        }
        for (index, group) in groups.enumerated() {
            guard let found = find(group, in: candidate, from: from) else { return false }
            from = found + group.count
            guard index == 0, from < candidate.count else { continue }
            let home = Plans.regions[Int(number.plan.pointee.main_region)]
            let hasPrefix = home.letters != 0 && phone_table_strings()[Int(home.dialled_national_prefix)] != 0
            if hasPrefix, candidate[from] != Self.gap {
                // Nothing behind the area code: then nothing anywhere.
                return candidate[(from - group.count)...].starts(with: number.nationalSignificantNumber.utf8)
            }
        }
        return find((extensionBytes ?? [])[...], in: candidate, from: from) != nil
    }

    /// The groups are those of the text, or the text has one block.
    private func isWritten(_ groups: [ArraySlice<UInt8>], in candidate: [UInt8]) -> Bool {
        // One gap for each run of other characters.
        var written: [[UInt8]] = [[]]
        var isInGap = false
        for byte in candidate {
            if byte == Self.gap {
                if !isInGap { written.append([]) }
                isInGap = true
            } else {
                written[written.count - 1].append(byte)
                isInGap = false
            }
        }
        var at = written.count - (number.extensionStorage.count > 0 ? 2 : 1)
        if written.count == 1 { return true }
        if find(Array(number.nationalSignificantNumber.utf8)[...], in: written[at], from: 0) != nil { return true }
        var group = groups.count - 1
        while group > 0, at >= 0 {
            guard written[at].elementsEqual(groups[group]) else { return false }
            group -= 1
            at -= 1
        }
        return at >= 0 && written[at].suffix(groups[0].count).elementsEqual(groups[0])
    }

    private func find(_ wanted: ArraySlice<UInt8>, in bytes: [UInt8], from start: Int) -> Int? {
        var at = start
        while at + wanted.count <= bytes.count {
            if bytes[at...].starts(with: wanted) { return at }
            at += 1
        }
        return nil
    }
}
