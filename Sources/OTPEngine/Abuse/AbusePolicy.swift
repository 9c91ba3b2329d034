public import IdentityTypes

/// Decides what many numbers together may cost: by network, by range of numbers, by country and for the whole deployment.
///
/// None of it lets anyone guess more; it bounds the money that a flood of codes to strangers' numbers can burn. What is refused here is
/// refused for a while, with a reason for the host, and other methods stay open.
public struct AbusePolicy: Hashable, Sendable {
    public var network = NetworkLimits()
    /// Of a range of numbers: country calling code and four digits.
    public var range = ConversionLimits()
    /// Of a country. Its credit used up closes only those ranges in which nobody has completed a sign-up since yesterday; a sixteenth of it comes
    /// back each day. ``ConversionLimits/firstProbe`` is not used: a country does not close.
    public var country = ConversionLimits(credit: 400)
    /// Limits of single countries, by ITU country calling code; under 0 that of e-mail, which else has that of each other country.
    public var countries: [UInt16: DailyLimits] = [:]
    /// Of each other country.
    public var otherCountries = DailyLimits(messages: 20_000, money: Money(6_000))
    /// Of everything together.
    public var deployment = DailyLimits(messages: 100_000, money: Money(30_000))
    /// Challenges an hour that are begun for a hundred adjacent numbers, as one process sees them; sending a code again does not count. 1 or more.
    public var adjacentNumbers = 10
    public var tariff = Tariff.cautious
    /// Zero bits that a proof of work shows: 16...28. 20 takes a browser a second or two.
    public var proofDifficulty = 20

    public init() {}

    public static let standard = Self()

    func limits(of country: UInt16) -> DailyLimits { countries[country] ?? otherCountries }

    func validate() throws(OTPError) {
        guard network.hourlySends >= 1, network.hourlyWrongGuesses >= 1, (1...100).contains(network.growth) else {
            throw .policyTooWeak("a network's limits are 1 or more, its growth 1 to 100")
        }
        for limits in [range, country] {
            guard (1...100_000).contains(limits.credit), (.seconds(60) ... .seconds(86_400)).contains(limits.firstProbe) else {
                throw .policyTooWeak("a credit is 1 to 100,000 messages, the first probe a minute to a day later")
            }
        }
        for limits in [deployment, otherCountries] + countries.values {
            guard limits.messages >= 0, limits.money.micros >= 0 else { throw .policyTooWeak("no limit of a day is below zero") }
        }
        for price in [tariff.otherwise] + tariff.prices.values {
            guard price.text >= .zero, price.voice >= .zero else { throw .policyTooWeak("no price of the tariff is below zero") }
        }
        guard adjacentNumbers >= 1 else { throw .policyTooWeak("adjacentNumbers is 1 or more") }
        guard (16...28).contains(proofDifficulty) else { throw .policyTooWeak("proofDifficulty is 16 to 28 bits") }
    }
}

/// What one network (IPv4 /24, IPv6 /48) may do before it has to prove something.
public struct NetworkLimits: Hashable, Sendable {
    /// Codes an hour; where that is more, ``growth`` times what people of the network complete: carriers put whole towns behind one address.
    public var hourlySends = 20
    /// 1...100.
    public var growth = 3
    /// Wrong codes an hour, which grows likewise.
    public var hourlyWrongGuesses = 50

    public init() {}
}

/// How many messages may go where nobody completes anything.
public struct ConversionLimits: Hashable, Sendable {
    /// Messages that may be lost before the range closes. Each completion earns 1.33 divided by the usual share of completions, so a range in which
    /// three quarters of the usual are completed never closes.
    public var credit: Int
    /// How long after closing one message may try again; twice as long after each that is lost, a day at most.
    public var firstProbe: Duration

    public init(credit: Int = 40, firstProbe: Duration = .seconds(3_600)) {
        self.credit = credit
        self.firstProbe = firstProbe
    }

    /// One after closing, after one, two, four and so on times ``firstProbe``.
    var probesOfADay: Int {
        var (count, pause, sum) = (0, firstProbe, firstProbe)
        while sum <= .seconds(86_400) {
            count += 1
            pause *= 2
            sum += pause
        }
        return count
    }
}

/// What may go out in a day (UTC).
public struct DailyLimits: Hashable, Sendable {
    public var messages: Int
    public var money: Money

    public init(messages: Int, money: Money) {
        self.messages = messages
        self.money = money
    }
}

/// What attacks can cost at most, known before there is one. Source: the policy and its tariff alone.
public struct LossBound: Hashable, Sendable {
    /// In one range of numbers, in the first day: its credit and the probes after it.
    public let messagesPerRange: Int
    public let moneyPerRange: Money
    /// In one country, in a day: that for each of its ranges, as far as the country's and the deployment's limits let it.
    public let moneyPerCountry: Money
    /// In the whole deployment, in a day.
    public let moneyPerDay: Money
}

extension AbusePolicy {
    /// What pumping with messages of one kind to one country can cost at most, beside the money of honest sign-ups: where the attacker completes
    /// nothing, and the host vouches for nobody who belongs to it.
    ///
    /// - Parameter ranges: how many ranges of the country the attacker has numbers in.
    public func lossBound(_ kind: MessageKind, to country: UInt16, ranges: Int) -> LossBound {
        let price = tariff.price(kind, to: country)
        let perRange = range.credit + range.probesOfADay
        let limits = limits(of: country)
        let (all, overflows) = perRange.multipliedReportingOverflow(by: max(ranges, 0))
        let messages = overflows ? limits.messages : min(all, limits.messages)
        return LossBound(
            messagesPerRange: perRange, moneyPerRange: price * perRange,
            moneyPerCountry: min(price * messages, limits.money, deployment.money),
            moneyPerDay: deployment.money)
    }
}
