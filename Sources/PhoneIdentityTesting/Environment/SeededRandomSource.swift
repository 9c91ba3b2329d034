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
    private let generator: Mutex<SplitMix64>

    public init(seed: UInt64) {
        self.seed = seed
        generator = Mutex(SplitMix64(state: seed))
        let warning = Array("SeededRandomSource(seed: \(seed)): everything drawn from here can be foreseen; for tests only.\n".utf8)
        _ = write(STDERR_FILENO, warning, warning.count)
    }

    public func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        generator.withLock { generator in
            var word: UInt64 = 0
            for index in bytes.indices {
                if index % 8 == 0 { word = generator.next() }
                bytes[index] = UInt8(truncatingIfNeeded: word >> UInt64(index % 8 * 8))
            }
        }
    }
}
