/// The numbers of a ``SeededRandomSource``, for Swift's own functions that draw.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(state: UInt64) {
        self.state = state
    }

    package mutating func next() -> UInt64 {
        SeededRandomSource.next(&state)
    }
}
