/// Decides how a challenge is: how long its code, how long it lives, how many tries, and the number's budgets.
///
/// Nothing weaker than the bounds below can be made.
/// Source: NIST SP 800-63B-4 §3.1.3.2 (at least 6 digits, at most 10 minutes), §3.2.2.
public struct ChallengePolicy: Sendable, Hashable {
    /// Digits of a code, 6...10.
    public let digits: Int
    /// How long a code is valid, 1 second to 10 minutes.
    public let lifetime: Duration
    /// Tries per challenge, 1...10.
    public let tries: Int
    public let sends: SendPolicy
    public let guesses: GuessPolicy
    /// Of a device that has proven the number and shows its token: instead of ``sends`` and ``guesses``.
    public let device: ExactPolicy
    /// Of an account that is signed in: beside those of the number.
    public let account: ExactPolicy
    /// Of a person asked by a method that sends nothing: instead of ``sends`` and ``guesses``, and counted apart from those of the number.
    public let questions: ExactPolicy

    /// - Throws: ``OTPError`` with code `.policyTooWeak`; the reason names the bound.
    public init(
        digits: Int = 6, lifetime: Duration = .seconds(600), tries: Int = 5, sends: SendPolicy = SendPolicy(),
        guesses: GuessPolicy = GuessPolicy(), device: ExactPolicy = ExactPolicy(), account: ExactPolicy = .account,
        questions: ExactPolicy = .questions
    ) throws(OTPError) {
        guard (6...10).contains(digits) else { throw .policyTooWeak("digits is 6 to 10") }
        guard (.seconds(1) ... .seconds(600)).contains(lifetime) else { throw .policyTooWeak("lifetime is 1 second to 10 minutes") }
        guard (1...10).contains(tries) else { throw .policyTooWeak("tries is 1 to 10") }
        try sends.validate()
        try guesses.validate()
        try device.validate()
        try account.validate(shortestCoolDown: .zero)
        try questions.validate(shortestCoolDown: .zero)
        self.init(checked: digits, lifetime, tries, sends, guesses, device, account, questions)
    }

    /// 6 digits, 10 minutes, 5 tries.
    public static let standard = Self(
        checked: 6, .seconds(600), 5, SendPolicy(), GuessPolicy(), ExactPolicy(), .account, .questions)

    private init(
        checked digits: Int, _ lifetime: Duration, _ tries: Int, _ sends: SendPolicy, _ guesses: GuessPolicy, _ device: ExactPolicy,
        _ account: ExactPolicy, _ questions: ExactPolicy
    ) {
        self.digits = digits
        self.lifetime = lifetime
        self.tries = tries
        self.sends = sends
        self.guesses = guesses
        self.device = device
        self.account = account
        self.questions = questions
    }

    var number: ExactPolicy { ExactPolicy(sends: sends, guesses: guesses) }

    /// Of the row itself, by what is asked of it.
    func own(_ method: MethodKind) -> ExactPolicy { method.sendsCode ? number : questions }

    /// Digits once a number has had too many failures in a year: 8, or ``digits`` where that is more.
    public var longDigits: Int { max(digits, 8) }
}
