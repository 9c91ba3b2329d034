/// Microseconds that one of `count` takes.
public func microseconds(_ count: Int, _ body: (Int) async throws -> Void) async rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    for index in 0..<count { try await body(index) }
    let (seconds, attoseconds) = (clock.now - start).components
    return (Double(seconds) * 1e6 + Double(attoseconds) / 1e12) / Double(count)
}

public func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
