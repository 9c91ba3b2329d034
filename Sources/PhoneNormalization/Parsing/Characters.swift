/// Unicode scalars of UTF-8 bytes that may be any bytes: what is not UTF-8 comes out as U+FFFD.
struct Characters {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Where the next character begins.
    private(set) var offset = 0

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>, from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// How many characters there are, or fewer; all there are in valid UTF-8.
    @inline(__always)
    static func atLeast(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard bytes.count > Scratch.longestInput else { return bytes.count }
        var count = 0
        for byte in bytes where byte & 0xC0 != 0x80 { count &+= 1 }
        return count
    }

    /// The first byte that is no part of a character; nil in valid UTF-8.
    static func firstBroken(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var characters = Characters(bytes)
        while true {
            let start = characters.offset
            guard let character = characters.next() else { return nil }
            // Whoever types U+FFFD itself has three bytes that begin with EF, as no broken character has.
            let isTyped = bytes[start] == 0xEF && characters.offset - start == 3
            if character == replacement, !isTyped { return start }
        }
    }

    /// Whether there is nothing but white space of any script, or nothing.
    static func areBlank(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var characters = Characters(bytes)
        while let character = characters.next() {
            // Nearly every text ends here, at its first character.
            if character > 0x20, character < 0x7F { return false }
            guard let scalar = Unicode.Scalar(character), scalar.properties.isWhitespace else { return false }
        }
        return true
    }

    static let replacement: UInt32 = 0xFFFD

    @inline(__always)
    mutating func next() -> UInt32? {
        guard offset < bytes.count else { return nil }
        let first = bytes[offset]
        offset += 1
        return first < 0x80 ? UInt32(first) : multibyte(first)
    }

    /// As the Unicode Standard recommends: one replacement for each maximal part of a broken character.
    @inline(__always)
    private mutating func multibyte(_ first: UInt8) -> UInt32 {
        if first & 0xE0 == 0xC0 {
            guard first >= 0xC2, let second = continuation(0x80...0xBF) else { return Self.replacement }
            return UInt32(first & 0x1F) << 6 | second
        }
        if first & 0xF0 == 0xE0 {
            let lowest: UInt8 = first == 0xE0 ? 0xA0 : 0x80
            let highest: UInt8 = first == 0xED ? 0x9F : 0xBF
            guard let second = continuation(lowest...highest), let third = continuation(0x80...0xBF) else { return Self.replacement }
            return UInt32(first & 0x0F) << 12 | second << 6 | third
        }
        let lowest: UInt8 = first == 0xF0 ? 0x90 : 0x80
        let highest: UInt8 = first == 0xF4 ? 0x8F : 0xBF
        guard first >= 0xF0, first <= 0xF4, let second = continuation(lowest...highest), let third = continuation(0x80...0xBF),
            let fourth = continuation(0x80...0xBF)
        else { return Self.replacement }
        return UInt32(first & 0x07) << 18 | second << 12 | third << 6 | fourth
    }

    /// Takes the next byte if it continues a character; its six bits.
    @inline(__always)
    private mutating func continuation(_ allowed: ClosedRange<UInt8>) -> UInt32? {
        guard offset < bytes.count, allowed.contains(bytes[offset]) else { return nil }
        offset &+= 1
        return UInt32(bytes[offset &- 1] & 0x3F)
    }
}
