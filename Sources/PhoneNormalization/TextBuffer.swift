internal import CPhoneMetadata

/// Where formatted text is put together; the longest format fits.
struct TextBuffer {
    /// An international prefix, a country calling code, a carrier code of 20 digits, 17 digits with their separators, and an
    /// extension of 20 digits of four bytes each.
    static let capacity = 256

    private let target: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ target: UnsafeMutableBufferPointer<UInt8>) {
        self.target = target
    }

    /// Builds a text in stack memory and hands its bytes to `use`.
    static func with<R>(_ build: (inout TextBuffer) -> Void, use: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { memory in
            var buffer = TextBuffer(memory)
            build(&buffer)
            return use(UnsafeBufferPointer(rebasing: memory[..<buffer.count]))
        }
    }

    static func bytes(_ build: (inout TextBuffer) -> Void) -> [UInt8] {
        with(build) { Array($0) }
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        target[count] = byte
        count += 1
    }

    mutating func append(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { append(byte) }
    }

    /// A text of the generated strings, up to its zero.
    mutating func append(stringAt offset: UInt16) {
        var next = phone_table_strings() + Int(offset)
        while next.pointee != 0 {
            append(next.pointee)
            next += 1
        }
    }

    /// A text of the generated strings as bytes.
    static func string(at offset: UInt16) -> [UInt8] {
        bytes { $0.append(stringAt: offset) }
    }

    mutating func append(_ code: UInt16) {
        if code >= 100 { append(UInt8(ascii: "0") + UInt8(code / 100)) }
        if code >= 10 { append(UInt8(ascii: "0") + UInt8(code / 10 % 10)) }
        append(UInt8(ascii: "0") + UInt8(code % 10))
    }

    mutating func append(_ digits: NationalDigits, _ range: Range<Int>) {
        for index in range { append(UInt8(ascii: "0") + digits[index]) }
    }

    mutating func append(_ digits: ExtensionDigits) {
        for index in 0..<Int(digits.count) {
            let (script, value) = digits[index]
            for byte in UTF8.encode(Symbol.digit(value, script: script)) ?? UTF8.encodedReplacementCharacter { append(byte) }
        }
    }
}
