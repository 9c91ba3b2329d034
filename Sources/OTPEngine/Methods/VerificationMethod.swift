public import IdentityTypes
public import RecordStorage

/// One way in which a person shows that it is them.
///
/// Codes by text, call and e-mail, authenticator apps, recovery codes and guardians are such methods, and whatever a host brings: passkeys,
/// invitations, a bank's sign-in. All go the same way: a challenge is begun, the answer is paid for from budgets that nothing resets, looked at
/// only then, and takes effect once. A method says what its client needs and whether an answer is right; the rest is done for it.
///
/// Contract: both functions are called from several tasks at once. They keep no answer and log none. What they throw reaches the person; nothing
/// is granted then. A cancelled task may stop them anywhere.
public protocol VerificationMethod: Sendable {
    /// The same for the life of a deployment: challenges and people's rows name it.
    var kind: MethodKind { get }
    /// What a right answer shows.
    var assurance: Assurance { get }
    /// Whether somebody might hit on a right answer by trying: a PIN, a short invitation code. Answers of 64 bits and more, and signatures,
    /// cannot be guessed; say so, and strangers who try close nothing to the person. `true` unless the method says otherwise.
    ///
    /// At a sign-up there is nobody yet whose budget could hold: an answer that can be guessed is bounded there by the challenge's few tries
    /// and the client's network alone. Offer only what cannot.
    var answersCanBeGuessed: Bool { get }

    /// What the person's client needs for its answer, such as the options of a passkey; at most 16 KiB. Called once, when the challenge lasts.
    func prompt(for question: MethodQuestion) async throws(OTPError) -> [UInt8]

    /// Whether an answer is right. Called after a guess was paid for; the same answer may be looked at again after a crash.
    ///
    /// Where the question names no person though it is about one, it is a decoy for a stranger: do the same work, say `.wrong`.
    func check(_ answer: MethodAnswer, to question: MethodQuestion) async throws(OTPError) -> CheckedAnswer
}

extension VerificationMethod {
    public func prompt(for question: MethodQuestion) async throws(OTPError) -> [UInt8] { [] }
    public var answersCanBeGuessed: Bool { true }
}

/// What a person gave as their answer. Prints as `<redacted>`.
public enum MethodAnswer: Sendable {
    /// The digits of a message or of an app.
    case code(SubmittedCode)
    case recoveryCode(SubmittedRecoveryCode)
    /// Bytes of a host's own method, at most 16 KiB.
    case response([UInt8])
    /// Nothing is typed: somebody else has answered.
    case approval

    /// Bytes of a response.
    public static let responseLimit = 16_384

    /// Digits, of a code.
    var digits: Int? {
        if case .code(let code) = self { code.count } else { nil }
    }
}

extension MethodAnswer: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What came of looking at an answer.
public enum CheckedAnswer: Sendable {
    case wrong
    case right
    /// Right, and the commit that takes effect also uses something up, such as the recovery code it was.
    case rightUsing(any AnswerUse)
}

/// What a right answer uses up.
public protocol AnswerUse: Sendable {
    /// Stages it in the commit with which the challenge is completed. After a conflict it is called again with a new commit.
    ///
    /// - Throws: ``OTPError`` with code `.codeUsed` or `.expired` when something else was faster.
    func stage(in commit: inout StagedCommit) async throws(OTPError)
}

/// A challenge, as a method sees it.
public struct MethodQuestion: Sendable {
    /// 32 bytes that nobody can foresee, the same each time for one challenge: what a passkey signs.
    public let nonce: [UInt8]
    /// 32 bytes, none at a sign-up, that are the same each time this account is asked about, whether it is there or not: from them a method makes up what a decoy shows,
    /// such as the credentials of a passkey.
    public let persona: [UInt8]
    public let purpose: ChallengePurpose
    public let reason: StepUpReason?
    /// Whose answer it has to be, by the host's own pseudonym. `nil` at a sign-up, and for a decoy.
    public let person: Pseudonym?
    /// Whether it is about somebody who has an account, whom a stranger may have named.
    public var isAboutSomebody: Bool { purpose != .verification }
    public let challenge: ChallengeID
    /// The same, as records name them; of a decoy, and of somebody who is gone, nobody's.
    package let subject: SubjectID?
    package let audit: AuditSubject?
    /// The same each time for one answer of one attempt.
    package let attempt: AttemptID
    fileprivate let derivation: CodeDerivation

    /// - Parameter attempt: of a guess that was paid for.
    init(_ asked: Challenge, _ derivation: CodeDerivation, _ person: NamedPerson?, persona: [UInt8], attempt: AttemptDigest?) {
        nonce = derivation.nonce(for: asked.method)
        (purpose, reason, challenge) = (asked.purpose, asked.reason, asked.id)
        subject = person == nil && asked.purpose != .verification ? SubjectID(bytes: Array(persona.prefix(16))) : asked.subject
        self.persona = persona
        (self.person, audit, self.derivation) = (person?.pseudonym, person?.audit, derivation)
        self.attempt = AttemptID(bytes: attempt?.bytes ?? Array(nonce.prefix(16)))!
    }
}

extension MethodQuestion: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Somebody whom a challenge is about, by the names that methods and histories know them.
package struct NamedPerson: Hashable, Sendable {
    package let pseudonym: Pseudonym
    package let audit: AuditSubject

    package init(_ pseudonym: Pseudonym, _ audit: AuditSubject) { (self.pseudonym, self.audit) = (pseudonym, audit) }
}

/// A code of ours, by whichever way it travels.
public struct CodeMethod: VerificationMethod {
    public let kind: MethodKind
    public var assurance: Assurance { kind.isPhone ? .restricted : .vouched }

    private init(_ kind: MethodKind) { self.kind = kind }

    public static let sms = Self(.sms)
    public static let voice = Self(.voice)
    public static let email = Self(.email)

    public func check(_ answer: MethodAnswer, to question: MethodQuestion) async throws(OTPError) -> CheckedAnswer {
        guard case .code(let code) = answer else { throw .malformedCode }
        return question.derivation.accepts(code) ? .right : .wrong
    }
}

/// The methods of a deployment, each once.
public struct VerificationMethods: Sendable {
    private var methods: [MethodKind: any VerificationMethod]

    /// Codes by text, call and e-mail; the host says which of them it offers by what its transport can do.
    public static let codes = Self([CodeMethod.sms, CodeMethod.voice, CodeMethod.email])

    /// - Precondition: no two have the same name.
    public init(_ methods: [any VerificationMethod]) {
        self.methods = Dictionary(methods.map { ($0.kind, $0) }) { _, second in
            preconditionFailure("Two verification methods are both called \(second.kind.rawValue).")
        }
    }

    public subscript(kind: MethodKind) -> (any VerificationMethod)? { methods[kind] }

    /// By name.
    public var kinds: [MethodKind] { methods.keys.sorted { $0.rawValue < $1.rawValue } }

    /// - Precondition: none has a name that is here already.
    public func adding(_ others: [any VerificationMethod]) -> Self { Self(methods.values + others) }
}
