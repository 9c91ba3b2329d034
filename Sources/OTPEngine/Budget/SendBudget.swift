import RecordStorage

/// Decides whether another code may be sent to a number, and when.
///
/// Spans challenges: neither a resend nor a new challenge nor a success refills it.
/// Source: NIST SP 800-63B-4 §3.2.2 (rate limiting); the figures are ours.
public struct SendPolicy: Sendable, Hashable {
    /// The pause before the second code, doubled with every code after it. 1 second to 15 minutes.
    public var coolDown: Duration = .seconds(30)
    /// Where the doubling ends. At least ``coolDown``, at most a day.
    public var longestCoolDown: Duration = .seconds(900)
    /// After so long without a code the doubling starts anew. At least ``longestCoolDown``.
    public var quiet: Duration = .seconds(3600)
    /// Codes per number and hour, 1...60.
    public var hourlyLimit: Int = 5
    /// Codes per number and day, 1...200.
    public var dailyLimit: Int = 10

    public init() {}

    var hourly: RateLimit { RateLimit(limit: hourlyLimit, period: .seconds(3600)) }
    var daily: RateLimit { RateLimit(limit: dailyLimit, period: .seconds(86_400)) }

    /// - Parameter shortest: of one number a second; an account may go on to its next number at once.
    func validate(shortest: Duration = .seconds(1)) throws(OTPError) {
        guard (shortest ... .seconds(900)).contains(coolDown) else {
            throw .policyTooWeak("coolDown is 1 second (of an account 0) to 15 minutes")
        }
        guard (coolDown ... .seconds(86_400)).contains(longestCoolDown) else {
            throw .policyTooWeak("longestCoolDown is at least coolDown and at most a day")
        }
        guard quiet >= longestCoolDown else { throw .policyTooWeak("quiet is at least longestCoolDown") }
        guard (1...60).contains(hourlyLimit) else { throw .policyTooWeak("sends.hourlyLimit is 1 to 60") }
        guard (1...200).contains(dailyLimit) else { throw .policyTooWeak("sends.dailyLimit is 1 to 200") }
    }

    /// The pause after the `count`th code of a run.
    func pause(after count: UInt8) -> Duration {
        var pause = coolDown
        for _ in 1..<max(Int(count), 1) where pause < longestCoolDown { pause *= 2 }
        return min(pause, longestCoolDown)
    }
}

/// What a number has been sent.
struct SendBudget: Hashable, Sendable {
    /// Theoretical arrival times of the hourly and the daily limit.
    var hour = Timestamp(milliseconds: 0)
    var day = Timestamp(milliseconds: 0)
    /// Codes in this run, and the time of the last; 0 before the first.
    var run: UInt8 = 0
    var lastSent = Timestamp(milliseconds: 0)

    /// When the next code may be sent; in the past where it may be sent now.
    func earliest(_ policy: SendPolicy) -> Timestamp {
        let limits = max(policy.hourly.earliest(hour), policy.daily.earliest(day))
        return run == 0 ? limits : max(limits, lastSent + policy.pause(after: run))
    }

    mutating func spend(at now: Timestamp, _ policy: SendPolicy) throws(OTPError) {
        let earliest = earliest(policy)
        guard earliest <= now else { throw .tooManySends(retryAfter: earliest - now) }
        policy.hourly.spend(&hour, at: now)
        policy.daily.spend(&day, at: now)
        run = run == 0 || now >= lastSent + policy.quiet ? 1 : run == .max ? run : run + 1
        lastSent = now
    }

    /// Not within an hour of the last code, however short the quiet: the commit that began its challenge may have been sent twice, and where it
    /// inserted the row its late twin would bring the challenge back once the row is gone.
    func restsAt(_ policy: SendPolicy) -> Timestamp {
        run == 0 ? max(hour, day) : max(hour, day, lastSent + max(policy.quiet, RecordLimits.lateness))
    }
}
