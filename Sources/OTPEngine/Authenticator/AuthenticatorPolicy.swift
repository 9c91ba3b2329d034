/// Decides how often codes of an authenticator app and recovery codes may be guessed, and how long an enrolment may take.
///
/// **What a year of guessing is worth.** Three time steps are right at once, and of the 2³¹ values that a code is cut from the likeliest code
/// has 2,148 (6 digits) or 22 (8 digits). So a guess is right with at most 3 · 2,148 / 2³¹ = 3.0008·10⁻⁶, or 3 · 22 / 2³¹ = 3.0734·10⁻⁸.
/// The promise is at most 10⁻⁴ per account and year. In units of 3.0734·10⁻⁸ that is 3,250 (9.989·10⁻⁵); a failure with 8 digits
/// is one unit and one with 6 digits 98 (3.0120·10⁻⁶), so that both together keep the promise, whichever came first. With 6 digits alone
/// 30 failures are let through: 30 · 3.0008·10⁻⁶ = 9.0024·10⁻⁵, and 310 units are left for an app with 8 digits that replaces it.
///
/// A recovery code is one of 28¹⁵ (72.1 bits): 7,300 guesses a year at ten of them succeed with at most 1.5·10⁻¹⁷.
public struct AuthenticatorPolicy: Sendable, Hashable {
    /// What counts for the app's codes. ``GuessPolicy/yearlyFailuresBeforeLongCodes`` is not for them: their length is fixed when they are set up.
    public let guesses: GuessPolicy
    /// What counts for recovery codes, apart, so that a closed app closes no way back.
    public let recoveryGuesses: GuessPolicy
    /// Failures with 6 digits in a rolling year that close the app's codes, 1...30.
    public let yearlyFailures: Int
    /// How long a new secret waits for its first right code, 1 second to 15 minutes.
    public let enrolmentLifetime: Duration

    /// - Throws: ``OTPError`` with code `.policyTooWeak`; the reason names the bound.
    public init(
        guesses: GuessPolicy = GuessPolicy(), recoveryGuesses: GuessPolicy = GuessPolicy(), yearlyFailures: Int = 30,
        enrolmentLifetime: Duration = .seconds(900)
    ) throws(OTPError) {
        try guesses.validate()
        try recoveryGuesses.validate()
        guard (1...30).contains(yearlyFailures) else { throw .policyTooWeak("yearlyFailures is 1 to 30") }
        guard (.seconds(1) ... .seconds(900)).contains(enrolmentLifetime) else {
            throw .policyTooWeak("enrolmentLifetime is 1 second to 15 minutes")
        }
        self.init(checked: guesses, recoveryGuesses, yearlyFailures, enrolmentLifetime)
    }

    /// 10 guesses an hour and 20 a day, 30 failures with 6 digits a year, 15 minutes.
    public static let standard = Self(checked: GuessPolicy(), GuessPolicy(), 30, .seconds(900))

    private init(checked guesses: GuessPolicy, _ recoveryGuesses: GuessPolicy, _ yearlyFailures: Int, _ enrolmentLifetime: Duration) {
        (self.guesses, self.recoveryGuesses) = (guesses, recoveryGuesses)
        (self.yearlyFailures, self.enrolmentLifetime) = (yearlyFailures, enrolmentLifetime)
    }

    /// Units of chance that a year has, and what a failure with 6 digits takes of them; one with 8 takes one.
    static let yearlyUnits = 3_250
    static let unitsOfSixDigits = 98
}
