/// An amount in millionths of the currency the host counts in.
public struct Money: Hashable, Comparable, Sendable {
    public var micros: Int64

    public init(micros: Int64) { self.micros = micros }

    /// Whole units of the currency.
    public init(_ units: Int) {
        micros = Int64(clamping: units.multipliedReportingOverflow(by: 1_000_000).overflow ? (units < 0 ? .min : .max) : units * 1_000_000)
    }

    public static let zero = Self(micros: 0)

    public static func < (left: Self, right: Self) -> Bool { left.micros < right.micros }
    public static func + (left: Self, right: Self) -> Self {
        let (sum, overflows) = left.micros.addingReportingOverflow(right.micros)
        return Self(micros: overflows ? (left.micros < 0 ? .min : .max) : sum)
    }
    public static func * (amount: Self, count: Int) -> Self {
        let (product, overflows) = amount.micros.multipliedReportingOverflow(by: Int64(count))
        return Self(micros: overflows ? .max : product)
    }
}

extension Money: CustomStringConvertible {
    /// With six decimals, such as `0.052000`.
    public var description: String {
        let fraction = String(micros.magnitude % 1_000_000)
        let zeros = String(repeating: "0", count: 6 - fraction.count)
        return (micros < 0 ? "-" : "") + "\(micros.magnitude / 1_000_000).\(zeros)\(fraction)"
    }
}
