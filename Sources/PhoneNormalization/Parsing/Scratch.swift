/// The memory of one parse: digits with room in front for what a transform rule adds.
///
/// One stack allocation; nothing in it outlives the call that made it.
struct Scratch {
    /// libphonenumber reads at most so many characters.
    static let longestInput = 250
    /// In front of the digits, for two transform rules of four digits each.
    private static let headroom = 16
    /// Readable behind the last digit, so that digits can be loaded in words.
    private static let slack = 24
    private static let stride = headroom + longestInput + slack
    /// Two transform rules can apply to one number, and each keeps what it started from.
    static let byteCount = 3 * stride

    private let memory: UnsafeMutablePointer<UInt8>

    @inline(__always)
    init(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        // An allocation of a fixed, positive size has a base address.
        self.memory = memory.baseAddress.unsafelyUnwrapped
    }

    /// Where the scan writes the digits it finds: room for ``longestInput``.
    @inline(__always)
    var digits: UnsafeMutablePointer<UInt8> { memory + Self.headroom }

    /// Closes a run of digits that was written to ``digits``.
    @inline(__always)
    func finish(count: Int) -> Digits {
        let raw = UnsafeMutableRawPointer(digits + count)
        raw.storeBytes(of: 0, as: UInt64.self)
        raw.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
        raw.storeBytes(of: 0, toByteOffset: 16, as: UInt64.self)
        return Digits(base: UnsafePointer(digits), count: count)
    }

    /// What a transform rule makes of the digits: `front`, the captured group, and all behind the match.
    func transformed(_ source: Digits, by match: PrefixMatch, front: UnsafePointer<UInt8>, pass: Int) -> Digits {
        let start = memory + (pass + 1) * Self.stride
        var count = 0
        while front[count] != 0 {
            start[count] = front[count] - UInt8(ascii: "0")
            count += 1
        }
        for index in match.captureStart..<match.captureEnd {
            start[count] = source.base[index]
            count += 1
        }
        for index in match.end..<source.count {
            start[count] = source.base[index]
            count += 1
        }
        for index in 0..<Self.slack {
            start[count + index] = 0
        }
        return Digits(base: UnsafePointer(start), count: count)
    }
}
