/// Names by number, each stored once in a code made for them.
///
/// Pointers lead into constant arrays of a C target; every index comes from those arrays, so no reading leaves them.
package struct NameTable {
    private let text: UnsafePointer<UInt64>
    private let blocks: UnsafePointer<UInt32>
    private let phrases: UnsafePointer<UInt32>
    private let firstLongCode: UInt32
    private let longest: Int

    /// - Parameters:
    ///   - text: Bytes in words, the first in the lowest bits; each name ends with code 0.
    ///   - blocks: Where every 16th name begins in the text.
    ///   - phrases: By code: a byte of UTF-8, or two codes, the second in the upper half.
    ///   - firstLongCode: The first code that takes two bytes.
    ///   - longest: Bytes of the longest name.
    package init(
        text: UnsafePointer<UInt64>, blocks: UnsafePointer<UInt32>, phrases: UnsafePointer<UInt32>, firstLongCode: Int32, longest: Int32
    ) {
        self.text = text
        self.blocks = blocks
        self.phrases = phrases
        self.firstLongCode = UInt32(firstLongCode)
        self.longest = Int(longest)
    }

    /// - Complexity: O(length of the name), behind at most 15 names that are skipped; no allocation but the string's.
    package func name(_ number: Int) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { target in
            var place = Int(blocks[number / 16])
            for _ in 0..<number % 16 {
                while nextCode(at: &place) != 0 {}
            }
            var count = 0
            while true {
                let code = nextCode(at: &place)
                if code == 0 { break }
                expand(code, into: target, &count)
            }
            return String(decoding: target[..<count], as: UTF8.self)
        }
    }

    /// A phrase is made of phrases that were made before it, so this comes to an end.
    private func expand(_ code: UInt32, into target: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int) {
        let phrase = phrases[Int(code)]
        if phrase < 256 {
            target[count] = UInt8(truncatingIfNeeded: phrase)
            count += 1
        } else {
            expand(phrase & 0xFFFF, into: target, &count)
            expand(phrase >> 16, into: target, &count)
        }
    }

    private func nextCode(at place: inout Int) -> UInt32 {
        let first = byte(place)
        place += 1
        if first < firstLongCode { return first }
        let second = byte(place)
        place += 1
        return firstLongCode + ((first - firstLongCode) << 8 | second)
    }

    private func byte(_ place: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: text[place / 8] >> UInt64(place % 8 * 8) & 0xFF)
    }
}
