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

/// How a code travels, as far as its price goes.
public enum MessageKind: UInt8, Hashable, Sendable, CaseIterable {
    case text = 0
    case voice = 1
    /// Costs nothing; a day's limit of its own keeps it from being used to flood people.
    case email = 2
}

/// What a message costs, by where it goes. From the host's contract with its gateway.
public struct Tariff: Hashable, Sendable {
    /// Of one message; a text of several segments costs their sum.
    public struct Price: Hashable, Sendable {
        public var text: Money
        public var voice: Money

        public init(text: Money, voice: Money) {
            self.text = text
            self.voice = voice
        }

        func of(_ kind: MessageKind) -> Money {
            switch kind {
            case .text: text
            case .voice: voice
            case .email: .zero
            }
        }
    }

    /// By ITU country calling code, 1...999.
    public var prices: [UInt16: Price]
    /// Of every other destination. Budgets in money hold only if nothing costs more.
    public var otherwise: Price

    public init(prices: [UInt16: Price] = [:], otherwise: Price) {
        self.prices = prices
        self.otherwise = otherwise
    }

    /// Where no tariff was given: 0.30 a text and 0.60 a call, more than gateways ask nearly everywhere.
    public static let cautious = Self(otherwise: Price(text: Money(micros: 300_000), voice: Money(micros: 600_000)))

    public func price(_ kind: MessageKind, to countryCallingCode: UInt16) -> Money {
        (prices[countryCallingCode] ?? otherwise).of(kind)
    }
}
