import RecordStorage

/// What has been tried at the codes of a person's authenticator app. Setting up another app does not refill it.
struct AuthenticatorBudget: Hashable, Sendable {
    /// All guesses.
    var guesses = GuessBudget()
    /// Those of them with 6 digits.
    var shortFailures = MonthlyFailures()

    /// Refuses what could bring the year above what it is allowed. A guess that is still out counts as a failure.
    func refuseIfClosed(
        to digits: AuthenticatorParameters.Digits, at now: Timestamp, _ policy: AuthenticatorPolicy
    ) throws(OTPError) {
        try guesses.refuseIfLocked(at: now, policy.guesses)
        guard isSpent(for: digits, at: now, policy) else { return }
        var opening = now
        // Months go one by one; after thirteen of them nothing is left.
        for _ in 0...MonthlyFailures.months {
            opening = MonthlyFailures.start(ofMonth: MonthlyFailures.month(of: opening) + 1)
            if !isSpent(for: digits, at: opening, policy) { break }
        }
        throw .locked(until: opening)
    }

    private func isSpent(for digits: AuthenticatorParameters.Digits, at time: Timestamp, _ policy: AuthenticatorPolicy) -> Bool {
        let short = shortFailures.total(at: time)
        let units = guesses.failures.total(at: time) + (AuthenticatorPolicy.unitsOfSixDigits - 1) * short
        return switch digits {
        case .six: short >= policy.yearlyFailures || units + AuthenticatorPolicy.unitsOfSixDigits > AuthenticatorPolicy.yearlyUnits
        case .eight: units + 1 > AuthenticatorPolicy.yearlyUnits
        }
    }

    mutating func spend(on digits: AuthenticatorParameters.Digits, at now: Timestamp, _ policy: AuthenticatorPolicy) throws(OTPError) {
        try refuseIfClosed(to: digits, at: now, policy)
        try guesses.spend(at: now, policy.guesses)
        if digits == .six { shortFailures.add(at: now) }
    }

    mutating func giveBack(
        _ digits: AuthenticatorParameters.Digits, spentAt: Timestamp, now: Timestamp, _ policy: AuthenticatorPolicy
    ) {
        guesses.giveBack(spentAt: spentAt, now: now, policy.guesses)
        if digits == .six { shortFailures.remove(addedAt: spentAt) }
    }

    func restsAt(_ policy: AuthenticatorPolicy) -> Timestamp {
        max(guesses.restsAt(policy.guesses), shortFailures.restsAt ?? Timestamp(milliseconds: 0))
    }
}

extension MonthlyFailures {
    /// The first millisecond of a month, which is counted in months since the year 0.
    static func start(ofMonth month: UInt32) -> Timestamp {
        // Days by the mean month of the calendar, 146,097 in 4,800 months, less what a month can be off; then on to the first.
        var time = Timestamp(milliseconds: (Int64(month) * 146_097 / 4_800 - 4 - 719_528) * 86_400_000)
        while self.month(of: time) < month { time = time + .seconds(86_400) }
        return time
    }
}
