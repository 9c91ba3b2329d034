/// A run of decimal digits as values 0...9 in memory that the parse in progress owns.
struct Digits {
    var base: UnsafePointer<UInt8>
    var count: Int

    @inline(__always)
    func dropFirst(_ amount: Int) -> Digits {
        Digits(base: base + amount, count: count - amount)
    }
}

/// Up to 17 digits inside a value: no heap, compared and hashed as three words.
struct NationalDigits: Sendable, Hashable {
    static let capacity = 17

    // Values 0...9 in memory order, zero behind the last digit.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt8
    let count: UInt8

    /// - Precondition: `count` is at most ``capacity`` and 17 bytes are readable.
    @inline(__always)
    init(_ digits: Digits) {
        let raw = UnsafeRawPointer(digits.base)
        let count = digits.count
        first = Self.keeping(count, of: raw.loadUnaligned(as: UInt64.self).littleEndian)
        second = Self.keeping(count - 8, of: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian)
        third = count > 16 ? raw.load(fromByteOffset: 16, as: UInt8.self) : 0
        self.count = UInt8(truncatingIfNeeded: count)
    }

    @inline(__always)
    private static func keeping(_ count: Int, of word: UInt64) -> UInt64 {
        if count >= 8 { return word }
        return count <= 0 ? 0 : word & (1 << UInt64(truncatingIfNeeded: count &* 8) &- 1)
    }

    /// Writes 17 bytes, ASCII digits first; what lies behind the last digit has no meaning.
    @inline(__always)
    func writeASCII(to target: UnsafeMutableRawPointer) {
        let zeros: UInt64 = 0x3030_3030_3030_3030
        target.storeBytes(of: (first | zeros).littleEndian, as: UInt64.self)
        target.storeBytes(of: (second | zeros).littleEndian, toByteOffset: 8, as: UInt64.self)
        target.storeBytes(of: third | 0x30, toByteOffset: 16, as: UInt8.self)
    }

    /// The digits behind the first ones.
    func dropFirst(_ amount: Int) -> NationalDigits {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.capacity + 8) { memory in
            memory.initialize(repeating: 0)
            for index in amount..<Int(count) { memory[index - amount] = self[index] }
            // An allocation of a fixed, positive size has a base address.
            return NationalDigits(Digits(base: UnsafePointer(memory.baseAddress.unsafelyUnwrapped), count: Int(count) - amount))
        }
    }

    /// The value of one digit.
    @inline(__always)
    subscript(index: Int) -> UInt8 {
        let word = index < 8 ? first : index < 16 ? second : UInt64(third)
        return UInt8(truncatingIfNeeded: word >> UInt64(truncatingIfNeeded: (index & 7) &* 8))
    }
}

/// The digits of an extension inside a value: up to 20, each with the script it was typed in.
///
/// libphonenumber keeps an extension's digits as they were typed, so this does too.
struct ExtensionDigits: Sendable, Hashable {
    static let capacity = 20

    // Ten bits a digit, six digits a word: 1 + 10 * script + value; script 0 is ASCII.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private(set) var count: UInt8 = 0

    @inline(__always) init() {}

    /// - Precondition: there are fewer than ``capacity`` digits.
    mutating func append(script: UInt8, value: UInt8) {
        let entry = UInt64(1 + 10 * UInt16(script) + UInt16(value)) << UInt64(count % 6 * 10)
        switch count / 6 {
        case 0: words.0 |= entry
        case 1: words.1 |= entry
        case 2: words.2 |= entry
        default: words.3 |= entry
        }
        count += 1
    }

    subscript(index: Int) -> (script: Int, value: UInt8) {
        let word =
            switch index / 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        let entry = Int(word >> UInt64(index % 6 * 10) & 1023) - 1
        return (entry / 10, UInt8(entry % 10))
    }

    static func == (left: Self, right: Self) -> Bool { left.words == right.words && left.count == right.count }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
