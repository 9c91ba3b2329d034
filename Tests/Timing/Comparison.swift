import Foundation

/// Times of two kinds of request, taken in turn, in nanoseconds.
struct Comparison {
    let name: String
    private var first: [Double] = []
    private var second: [Double] = []

    init(_ name: String) { self.name = name }

    /// Takes one sample of each; which comes first is drawn, so that neither is always the one that finds the caches warm.
    mutating func sample(_ one: () async throws -> Double, _ other: () async throws -> Double) async rethrows {
        if Bool.random() {
            first.append(try await one())
            second.append(try await other())
        } else {
            second.append(try await other())
            first.append(try await one())
        }
    }

    /// Median of the first ÷ median of the second.
    var ratio: Double { Self.median(first) / Self.median(second) }
    var medians: (Double, Double) { (Self.median(first), Self.median(second)) }
    var count: Int { first.count }

    /// How often a sample of the first is longer than one of the second: a half where nobody can tell them apart.
    /// Source: Mann and Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other" (1947).
    var superiority: Double {
        let sorted = second.sorted()
        var wins = 0.0
        for value in first {
            var (low, high) = (0, sorted.count)
            while low < high {
                let middle = (low + high) / 2
                if sorted[middle] < value { low = middle + 1 } else { high = middle }
            }
            wins += Double(low)
        }
        return wins / Double(first.count * second.count)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    static func nanoseconds(_ body: () async throws -> Void) async rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await body()
        let (seconds, attoseconds) = (clock.now - start).components
        return Double(seconds) * 1e9 + Double(attoseconds) / 1e9
    }

    /// Keeps the processor busy for a while: a difference that has to be found.
    static func plant(_ nanoseconds: Double) {
        let clock = ContinuousClock()
        let end = clock.now + .nanoseconds(Int64(nanoseconds))
        while clock.now < end {}
    }
}
