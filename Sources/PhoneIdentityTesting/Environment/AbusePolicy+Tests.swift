import IdentityTypes
public import OTPEngine

extension AbusePolicy {
    /// For tests and benchmarks, whose numbers stand side by side and get their codes all at once: to any other policy that is an attack.
    ///
    /// Bounds no loss. A service that sends real messages has no use for it.
    public static var forNumbersOfTests: AbusePolicy {
        var policy = AbusePolicy()
        policy.network.hourlySends = 1_000_000
        policy.network.hourlyWrongGuesses = 1_000_000
        policy.adjacentNumbers = 1_000_000
        policy.range = ConversionLimits(credit: 100_000)
        policy.country = ConversionLimits(credit: 100_000)
        policy.otherCountries = DailyLimits(messages: 100_000_000, money: Money(100_000_000))
        policy.deployment = policy.otherCountries
        return policy
    }
}
