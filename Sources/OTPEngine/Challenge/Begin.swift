public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// A challenge whose code may be sent, once, now that its commit has succeeded.
public struct BegunChallenge: Sendable {
    public let id: ChallengeID
    public let purpose: ChallengePurpose
    public let method: MethodKind
    public let reason: StepUpReason?
    /// Whom the challenge is about, where there is somebody.
    public let subject: SubjectID?
    /// For the host's client. A resend returns the one it was given.
    public let token: ChallengeToken
    /// When the code stops being valid.
    public let expiresAt: Timestamp
    /// From when on the code can be sent again, as far as the number's budgets go.
    public let resendAfter: Timestamp
    /// Digits of the code; 0 where the answer is none of ours.
    public let digits: Int
    /// How often the code was sent, with this time: 1 at begin, 0 where nothing is.
    public let sends: Int
    /// ITU, of where it goes; 0 where that is not known, and of an e-mail.
    public let countryCallingCode: UInt16
    /// Parts that its text is paid for.
    public let parts: Int
    /// Names the numbers that begin alike, under the budget key; 0 where there are none.
    public let range: UInt64
    /// `false` for a decoy: derive the code, queue the message, and send it nowhere.
    public let isDeliverable: Bool
    let challenge: Challenge
    let derivation: CodeDerivation
    private let sealer: TokenSealer
    private let rowSecret: RowSecret

    init(
        _ challenge: Challenge, token: ChallengeToken, route: HashedRoute?, resendAfter: Timestamp, derivation: CodeDerivation,
        sealer: TokenSealer,
        rowSecret: RowSecret
    ) {
        self.challenge = challenge
        id = challenge.id
        purpose = challenge.purpose
        (method, reason) = (challenge.method, challenge.reason)
        subject = challenge.subject
        self.token = token
        expiresAt = challenge.expires
        self.resendAfter = resendAfter
        digits = challenge.digits
        sends = challenge.sends
        parts = route?.parts ?? 1
        (countryCallingCode, range) = (route?.country ?? 0, route.map { $0.kind == .email ? 0 : $0.range.value } ?? 0)
        isDeliverable = challenge.isDeliverable
        self.derivation = derivation
        self.sealer = sealer
        self.rowSecret = rowSecret
    }

    /// What was sealed into the token at begin, for sending the code again.
    ///
    /// - Throws: ``OTPError`` with code `.tokenForged`.
    public func content() throws(OTPError) -> SecretBytes {
        try TokenSealer.openInner(try sealer.open(token), rowSecret: rowSecret)
    }

    /// The code, as ASCII digits; none where the answer is no code of ours. A resend has the same, since people type the first message that arrives.
    public func code() -> SecretBytes { derivation.code() }

}

extension BegunChallenge: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension ChallengeEngine {
    /// Begins a challenge in a commit of its own.
    ///
    /// - Parameters:
    ///   - method: how the person answers; no other way completes the challenge.
    ///   - reason: of a step-up. The code rests on it.
    ///   - tag: what the number's budgets hang on. Of a method that sends nothing: ``methodTag(of:)``.
    ///   - subject: whom the challenge is about, where there is somebody.
    ///   - isDeliverable: `false` for a decoy, which passes every step and whose code is never right.
    ///   - route: where the code goes, for the budgets that many numbers share; without it only the deployment's and the network's count.
    ///   - content: what the token carries for the completion (the number, for one); 0 to 869 bytes.
    /// - Throws: ``OTPError`` with code `.tooManySends`, `.locked`, `.networkLimited`, `.adjacentNumbers`, `.rangeClosed`, `.countryLimited`,
    ///   `.deploymentLimited`, `.proofInvalid`, `.requesterInvalid`, `.busy`, `.unavailable` or `.cancelled`.
    public func begin(
        _ purpose: ChallengePurpose, by method: MethodKind = .sms, because reason: StepUpReason? = nil, tag: BudgetTag,
        subject: SubjectID? = nil, isDeliverable: Bool = true, route: SendRoute? = nil, requester: Requester,
        sealing content: borrowing SecretBytes
    ) async throws(OTPError) -> BegunChallenge {
        let route = route.map(hashed)
        let (request, token) = try prepare(
            purpose, method, reason, tag, subject, isDeliverable, TokenRoute(route: route, standing: standing(requester, tag)), requester,
            content)
        return try await commits.run(tag) { (commit: inout StagedCommit) async throws(OTPError) -> BegunChallenge in
            try await stage(request, token, tag, route, requester, in: &commit)
        }
    }

    /// Begins a challenge in the caller's commit. Send nothing before that has succeeded.
    ///
    /// - Precondition: one commit begins one challenge or sends one code again; a second call with the same commit traps.
    /// - Throws: ``OTPError`` as ``begin(_:by:because:tag:subject:isDeliverable:route:requester:sealing:)``, but for `.busy`, which is the commit's to say.
    public func stageBegin(
        _ purpose: ChallengePurpose, by method: MethodKind = .sms, because reason: StepUpReason? = nil, tag: BudgetTag,
        subject: SubjectID? = nil, isDeliverable: Bool = true, route: SendRoute? = nil, requester: Requester,
        sealing content: borrowing SecretBytes, in commit: inout StagedCommit
    ) async throws(OTPError) -> BegunChallenge {
        let route = route.map(hashed)
        let (request, token) = try prepare(
            purpose, method, reason, tag, subject, isDeliverable, TokenRoute(route: route, standing: standing(requester, tag)), requester,
            content)
        return try await stage(request, token, tag, route, requester, in: &commit)
    }

    /// Pays for sending a challenge's code again, in a commit of its own. Same code, same expiry, no tries given back.
    ///
    /// - Parameter kind: how it travels this time, such as a call after a text that never came; `nil` as before.
    /// - Throws: ``OTPError`` with code `.tooManySends`, `.locked`, `.exhausted`, `.expired`, `.alreadyCompleted`, `.challengeNotFound`,
    ///   `.nothingToSend`, a token's, or as ``begin(_:by:because:tag:subject:isDeliverable:route:requester:sealing:)``, but never `.adjacentNumbers`.
    public func resend(
        _ token: ChallengeToken, as kind: MessageKind? = nil, requester: Requester
    ) async throws(OTPError) -> BegunChallenge {
        let tag = try sealer.open(token).tag
        return try await commits.run(tag) { (commit: inout StagedCommit) async throws(OTPError) -> BegunChallenge in
            try await stageResend(token, as: kind, requester: requester, in: &commit)
        }
    }

    /// The same in the caller's commit. Send nothing before that has succeeded.
    ///
    /// - Parameter parts: of a text for a purpose, each of which is paid for.
    /// - Precondition: one commit begins one challenge or sends one code again; a second call with the same commit traps.
    /// - Throws: ``OTPError`` as ``resend(_:as:requester:)``, but for `.busy`, which is the commit's to say.
    public func stageResend(
        _ token: ChallengeToken, as kind: MessageKind? = nil, requester: Requester, in commit: inout StagedCommit,
        parts: (ChallengePurpose) -> Int = { _ in 1 }
    ) async throws(OTPError) -> BegunChallenge {
        let opened = try sealer.open(token)
        let route = opened.drawn.route.map { $0.travelling(as: kind ?? $0.kind, parts: parts(opened.purpose)) }
        return try await stage(
            .resend(opened.id, try RequesterBinding(requester)), token, opened.tag, route, requester, in: &commit)
    }

    private func standing(_ requester: Requester, _ tag: BudgetTag) -> Standing {
        devices.isKnown(requester.deviceToken, for: tag, at: time.now()) ? .known : Standing(requester.proof)
    }

    private func prepare(
        _ purpose: ChallengePurpose, _ method: MethodKind, _ reason: StepUpReason?, _ tag: BudgetTag, _ subject: SubjectID?,
        _ isDeliverable: Bool, _ drawn: TokenRoute, _ requester: Requester, _ content: borrowing SecretBytes
    ) throws(OTPError) -> (ChallengeEvent, ChallengeToken) {
        let request = ChallengeRequest(
            id: ChallengeID(of: tag, random: random), purpose: purpose, subject: subject, binding: try RequesterBinding(requester),
            isDeliverable: isDeliverable, method: method, reason: reason, codeKeyID: codeKeys.current.id,
            rowSecret: RowSecret(random: random))
        let token = sealer.seal(
            content, id: request.id, tag: tag, purpose: purpose, drawn: drawn, rowSecret: request.rowSecret, random: random)
        return (.begin(request), token)
    }

    private func stage(
        _ event: ChallengeEvent, _ token: ChallengeToken, _ tag: BudgetTag, _ route: HashedRoute?, _ requester: Requester,
        in commit: inout StagedCommit
    ) async throws(OTPError) -> BegunChallenge {
        let (solved, standing) = (try solved(requester), standing(requester, tag))
        let sends = if case .begin(let request) = event { request.method.sendsCode } else { true }
        if sends, leases.isBeingCarried(.deployment) {
            // Whom the number's own budget refuses must not hold up everybody who waits for the next slice.
            let rows = try await rows(of: tag, account: requester.pseudonym).0
            let payers = payers(rows, isKnownDevice: standing == .known)
            _ = try decide(rows.number.attempts, event, policy, at: time.now(), payers: payers)
        }
        let hold = try await hold(sends ? try uses(route, requester, standing) : try usesOfQuestion(requester, standing), for: commit)
        let keys = (solved.map { [$0.recordKey(partitions)] } ?? []) + hold.carried.map { $0.use.key.recordKey(partitions) }
        var (rows, records) = try await rows(of: tag, account: requester.pseudonym, and: keys)
        let now = time.now()
        let payers = payers(rows, isKnownDevice: devices.isKnown(requester.deviceToken, for: tag, at: now))
        let decision = try decide(rows.number.attempts, event, policy, at: now, payers: payers)
        if let solved {
            guard records.removeFirst() == nil else { throw .proofInvalid }
            commit.insert([1], at: solved.recordKey(partitions), expiresAt: solved.expiresAt)
        }
        guard case .send(let challenge) = decision.permission else { preconditionFailure("Begin and resend permit sending.") }
        guard case .live(let rowSecret) = challenge.state else { preconditionFailure("Only a live challenge is sent.") }
        guard let derivation = CodeDerivation(of: challenge, tag: tag, deployment: deployment, keys: codeKeys) else { throw .expired }
        hold.isPaidFor = challenge.isDeliverable
        try stage(hold, records, at: now, in: &commit)
        stage(decision, of: rows, at: now, in: &commit)
        return BegunChallenge(
            challenge, token: token, route: route, resendAfter: max(now, decision.resendAfter(policy)), derivation: derivation,
            sealer: sealer,
            rowSecret: rowSecret)
    }
}
