import RecordStorage

/// What is counted exactly, in the commit, for one key: a number, the devices that have proven it, or an account.
package struct ExactBudget: Hashable, Sendable {
    var sends = SendBudget()
    var guesses = GuessBudget()

    package init() {}

    mutating func spendSend(at now: Timestamp, _ policy: ExactPolicy) throws(OTPError) {
        try guesses.refuseIfLocked(at: now, policy.guesses)
        try sends.spend(at: now, policy.sends)
    }

    func restsAt(_ policy: ExactPolicy) -> Timestamp {
        max(sends.restsAt(policy.sends), guesses.restsAt(policy.guesses))
    }
}

/// How often one key may have a code sent, and how many codes may be tried with it.
public struct ExactPolicy: Sendable, Hashable {
    public var sends: SendPolicy
    public var guesses: GuessPolicy

    public init(sends: SendPolicy = SendPolicy(), guesses: GuessPolicy = GuessPolicy()) {
        self.sends = sends
        self.guesses = guesses
    }

    /// Of an account: five codes an hour to whichever numbers, ten a day. Who mistyped a number need not wait to type it again.
    public static var account: Self {
        var policy = Self()
        policy.sends.coolDown = .zero
        policy.sends.longestCoolDown = .zero
        return policy
    }

    /// Where nothing is sent: twelve challenges an hour, sixty a day, without a pause between them.
    public static var questions: Self {
        var policy = account
        (policy.sends.hourlyLimit, policy.sends.dailyLimit) = (12, 60)
        return policy
    }

    func validate(shortestCoolDown: Duration = .seconds(1)) throws(OTPError) {
        try sends.validate(shortest: shortestCoolDown)
        try guesses.validate()
    }
}

/// Who asks, as far as budgets go.
///
/// A device that has proven the number draws on the budget of such devices *instead of* the number's, so that strangers who use that up do
/// not shut the owner out. An account pays *beside* the number.
package struct RequesterBudgets: Hashable, Sendable {
    package let isKnownDevice: Bool
    package internal(set) var account: ExactBudget?

    package init(isKnownDevice: Bool = false, account: ExactBudget? = nil) {
        (self.isKnownDevice, self.account) = (isKnownDevice, account)
    }
}

/// Which budgets paid for a guess, so that it is given back to them.
package enum GuessPayer: UInt8, Hashable, Sendable {
    case number = 1
    case numberAndAccount = 2
    case device = 3
}
