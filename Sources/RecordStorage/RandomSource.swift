#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Where the library takes randomness from: identifiers, versions, keys, nonces, jitter.
///
/// ``SystemRandomSource`` is the only conformer for real use. The seeded one for simulations is in
/// `PhoneIdentityTesting` and prints its name when it is made.
public protocol RandomSource: Sendable {
    /// Overwrites every byte of `bytes` with unpredictable ones.
    func fill(_ bytes: UnsafeMutableRawBufferPointer)
}

extension RandomSource {
    /// `count` random bytes, for values that are not secret. Keys go straight into guarded memory instead.
    public func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    /// A number in `0..<bound`, without bias. `bound` is at least 1.
    package func number(below bound: UInt64) -> UInt64 {
        precondition(bound > 0, "The bound is at least 1.")
        let limit = UInt64.max - UInt64.max % bound
        while true {
            var value: UInt64 = 0
            withUnsafeMutableBytes(of: &value) { fill($0) }
            if value < limit { return value % bound }
        }
    }
}

/// The operating system's generator (`getentropy`, `arc4random_buf`).
public struct SystemRandomSource: RandomSource {
    public init() {}

    public func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        #if canImport(Darwin)
            arc4random_buf(start, bytes.count)
        #else
            for offset in stride(from: 0, to: bytes.count, by: 256) {
                let failed = getentropy(start + offset, min(256, bytes.count - offset))
                precondition(failed == 0, "The system has no generator of random bytes.")
            }
        #endif
    }
}
