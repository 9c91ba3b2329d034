import RecordStorage

/// Decides whether another code may be tried for a number, and how long its codes are.
///
/// Spans challenges: neither a resend nor a new challenge refills it; only a right guess is given back. The limits can be
/// made stricter, never weaker: no setting switches them off.
/// Source: NIST SP 800-63B-4 §3.2.2 (at most 100 consecutive failures).
public struct GuessPolicy: Sendable, Hashable {
    /// Wrong codes per number and hour, 1...10.
    public var hourlyLimit: Int = 10
    /// Wrong codes per number and day, 1...20.
    public var dailyLimit: Int = 20
    /// Wrong codes in a row that close the number to codes, 1...100.
    public var consecutiveLimit: Int = 100
    /// How long it stays closed after the last of them. 1 to 365 days.
    public var lock: Duration = .seconds(30 * 86_400)
    /// From so many failures within a rolling year on, codes have ``ChallengePolicy/longDigits``. 1...20; a success does not reset them.
    ///
    /// 7,300 guesses a year then succeed with at most 9.3·10⁻⁵ (calculated); without it with up to 7.3·10⁻³.
    public var yearlyFailuresBeforeLongCodes: Int = 20

    public init() {}

    var hourly: RateLimit { RateLimit(limit: hourlyLimit, period: .seconds(3600)) }
    var daily: RateLimit { RateLimit(limit: dailyLimit, period: .seconds(86_400)) }

    func validate() throws(OTPError) {
        guard (1...10).contains(hourlyLimit) else { throw .policyTooWeak("guesses.hourlyLimit is 1 to 10") }
        guard (1...20).contains(dailyLimit) else { throw .policyTooWeak("guesses.dailyLimit is 1 to 20") }
        guard (1...100).contains(consecutiveLimit) else { throw .policyTooWeak("guesses.consecutiveLimit is 1 to 100") }
        guard (.seconds(86_400) ... .seconds(365 * 86_400)).contains(lock) else { throw .policyTooWeak("guesses.lock is 1 to 365 days") }
        guard (1...20).contains(yearlyFailuresBeforeLongCodes) else {
            throw .policyTooWeak("guesses.yearlyFailuresBeforeLongCodes is 1 to 20")
        }
    }
}

/// What has been tried for a number. Every guess counts as wrong until its completion gives it back.
struct GuessBudget: Hashable, Sendable {
    /// Theoretical arrival times of the hourly and the daily limit.
    var hour = Timestamp(milliseconds: 0)
    var day = Timestamp(milliseconds: 0)
    /// Failures since the last success, and the time of the last.
    var consecutive: UInt16 = 0
    var lastGuess = Timestamp(milliseconds: 0)
    var failures = MonthlyFailures()

    /// The end of the lock, where there is one.
    func lockedUntil(at now: Timestamp, _ policy: GuessPolicy) -> Timestamp? {
        guard Int(consecutive) >= policy.consecutiveLimit else { return nil }
        let end = lastGuess + policy.lock
        return now < end ? end : nil
    }

    func needsLongCodes(at now: Timestamp, _ policy: GuessPolicy) -> Bool {
        failures.total(at: now) >= policy.yearlyFailuresBeforeLongCodes
    }

    func refuseIfLocked(at now: Timestamp, _ policy: GuessPolicy) throws(OTPError) {
        if let end = lockedUntil(at: now, policy) { throw .locked(until: end) }
    }

    mutating func spend(at now: Timestamp, _ policy: GuessPolicy) throws(OTPError) {
        try refuseIfLocked(at: now, policy)
        let earliest = max(policy.hourly.earliest(hour), policy.daily.earliest(day))
        guard earliest <= now else { throw .tooManyGuesses(retryAfter: earliest - now) }
        policy.hourly.spend(&hour, at: now)
        policy.daily.spend(&day, at: now)
        // A lock that is over starts the count anew.
        consecutive = Int(consecutive) >= policy.consecutiveLimit ? 1 : consecutive + 1
        lastGuess = max(lastGuess, now)
        failures.add(at: now)
    }

    /// The guess of `spentAt` was right: it is given back, and ends the run of failures.
    mutating func giveBack(spentAt: Timestamp, now: Timestamp, _ policy: GuessPolicy) {
        policy.hourly.giveBack(&hour, spentAt: spentAt, now: now)
        policy.daily.giveBack(&day, spentAt: spentAt, now: now)
        consecutive = 0
        failures.remove(addedAt: spentAt)
    }

    func restsAt(_ policy: GuessPolicy) -> Timestamp {
        var rest = max(hour, day)
        if let end = failures.restsAt { rest = max(rest, end) }
        // A run of failures is forgotten only when nobody has guessed for as long as failures count.
        return consecutive == 0 ? rest : max(rest, lastGuess + max(policy.lock, .seconds(400 * 86_400)))
    }
}
