package import PhoneNormalization

/// Names for prefixes of numbers in E.164, in several languages.
///
/// An automaton over digits, where a node has runs of equal successors; the C header of the tables tells every bit.
/// Source: libphonenumber, which looks up each prefix, the longest first, until there is a language it can use; the
/// generator has already put into a prefix what is taken from a shorter one.
package struct PrefixTable {
    private let units: UnsafePointer<UInt64>
    private let tuples: UnsafePointer<UInt16>
    private let combinations: UnsafePointer<UInt64>
    private let languages: UnsafePointer<UInt16>
    private let languageCount: Int
    package let names: NameTable

    private static let isNode: UInt32 = 1 << 20
    private static let firstTuple: UInt32 = 1 << 16

    package init(
        units: UnsafePointer<UInt64>, tuples: UnsafePointer<UInt16>, combinations: UnsafePointer<UInt64>,
        languages: UnsafePointer<UInt16>, languageCount: Int32, names: NameTable
    ) {
        self.units = units
        self.tuples = tuples
        self.combinations = combinations
        self.languages = languages
        self.languageCount = Int(languageCount)
        self.names = names
    }

    /// The name for the longest prefix of the number that has one in the language, or else in English if the language accepts it.
    ///
    /// - Complexity: O(digits); no allocation but the string's.
    package func name(for number: PhoneNumber, in tag: LanguageTag) -> String? {
        let value = number.withE164Bytes { self.value(for: $0) }
        guard value != 0, let name = self.name(value, tag) else { return nil }
        return names.name(name)
    }

    /// The value of the longest prefix that has one; 0 without any.
    private func value(for number: Span<UInt8>) -> UInt32 {
        var value: UInt32 = 0
        var node = 0
        // Behind the plus sign.
        var index = 1
        while true {
            let head = unit(node)
            let hasOwn = head & 1 << 9 != 0
            if hasOwn { value = unit(node + 1) }
            guard index < number.count else { return value }
            let digit = number[index] - UInt8(ascii: "0")
            index += 1
            let runs = head & (1 << UInt32(digit) - 1)
            let target = unit(node + (hasOwn ? 2 : 1) + runs.nonzeroBitCount)
            if target == 0 { return value }
            if target & Self.isNode == 0 { return target }
            node = Int(target & ~Self.isNode)
        }
    }

    private func unit(_ index: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: units[index / 3] >> UInt64(index % 3 * 21)) & 0x1F_FFFF
    }

    /// The number of the name that fits the language best.
    private func name(_ value: UInt32, _ tag: LanguageTag) -> Int? {
        guard value >= Self.firstTuple else {
            return tag.acceptsEnglish ? Int(value) : nil
        }
        let tuple = tuples + Int(value - Self.firstTuple)
        if tag.prefersTraditional, let found = name(tuple, language: tag.language & ~0x2020) { return found }
        if let found = name(tuple, language: tag.language) { return found }
        if let former = tag.formerCode, let found = name(tuple, language: former) { return found }
        return tag.acceptsEnglish ? name(tuple, language: LanguageTag.english) : nil
    }

    private func name(_ tuple: UnsafePointer<UInt16>, language: UInt16) -> Int? {
        guard let position = (0..<languageCount).first(where: { languages[$0] == language }) else { return nil }
        let present = combinations[Int(tuple.pointee)]
        guard present >> UInt64(position) & 1 != 0 else { return nil }
        return Int(tuple[1 + (present & (1 << UInt64(position) - 1)).nonzeroBitCount])
    }
}
