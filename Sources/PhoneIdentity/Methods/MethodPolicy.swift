import IdentityTypes
public import OTPEngine

/// Which methods open what.
public struct MethodPolicy: Hashable, Sendable {
    /// Which a person may sign up with. Numbers, and guardians for those who have none; add `.email` or a method of your own if you take
    /// people without a number. They get another ``VerificationTier``.
    public var signUp: Set<MethodKind> = [.sms, .voice, .guardian]
    /// Which lead back into an account.
    public var recovery: Set<MethodKind> = [.sms, .voice, .email, .authenticatorApp, .recoveryCode, .guardian]
    /// What a step-up has to show at least, by its reason; `.restricted` for every other. Of somebody who has nothing so strong it takes the
    /// strongest they have.
    public var stepUp: [StepUpReason: Assurance] = [.suspiciousSignIn: .vouched]
    /// For how many people one person may answer as their guardian, 0...255.
    public var wardLimit = 6

    public init() {}

    /// Whether a method is strong enough for a reason.
    ///
    /// - Parameter strongest: of what the person has ever completed.
    public func allows(_ assurance: Assurance, for reason: StepUpReason, strongest: Assurance) -> Bool {
        // A reason that covers others demands what the strictest of them does.
        let demanded = StepUpReason.allCases.filter(reason.covers).map { stepUp[$0] ?? .restricted }.max() ?? .restricted
        return assurance >= min(demanded, strongest)
    }
}
