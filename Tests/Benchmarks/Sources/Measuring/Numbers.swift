/// Numbers that cost next to nothing to draw, so that drawing them is not what is measured. Source: Steele, Lea, Flood, SplitMix (2014).
public struct Numbers: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// 16 bytes: an identifier, or a version.
    public mutating func identifier() -> [UInt8] {
        withUnsafeBytes(of: (next(), next())) { Array($0) }
    }
}
