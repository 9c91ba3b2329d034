public import IdentityTypes

/// How a code travels, as far as its price goes.
public enum MessageKind: UInt8, Hashable, Sendable, CaseIterable {
    case text = 0
    case voice = 1
    /// Costs nothing; a day's limit of its own keeps it from being used to flood people.
    case email = 2
}

/// What a message costs, by where it goes. From the host's contract with its gateway.
public struct Tariff: Hashable, Sendable {
    /// Of one part of a text, of which a long one has several, and of one call.
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
