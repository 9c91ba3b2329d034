public import RecordStorage
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Random bytes that the seed alone decides, so that a failing test can be run again. Never for real use.
///
/// Says so on standard error when it is made. Safe to share among tasks; the order in which they draw is theirs, so one
/// seed replays exactly only where the order of tasks does.
public final class SeededRandomSource: RandomSource {
    public let seed: UInt64
    private let state: Mutex<UInt64>

    public init(seed: UInt64) {
        self.seed = seed
        state = Mutex(seed)
        let warning = Array("SeededRandomSource(seed: \(seed)): everything drawn from here can be foreseen; for tests only.\n".utf8)
        _ = write(STDERR_FILENO, warning, warning.count)
    }

    public func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        state.withLock { state in
            var word: UInt64 = 0
            for index in bytes.indices {
                if index % 8 == 0 { word = Self.next(&state) }
                bytes[index] = UInt8(truncatingIfNeeded: word >> UInt64(index % 8 * 8))
            }
        }
    }

    /// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014), `SplitMix64`.
    static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
