import IdentityTypes
import RecordStorage

/// Codes of an authenticator app, as a method; recovery codes as another.
///
/// An answer is paid for twice: by the challenge, and by the app's own budgets, which hold whoever asks. A stranger who named somebody cannot
/// tell by answer or time whether they have an app: an answer for one that is not there is paid for all the same, and wrong.
public struct AuthenticatorMethod: VerificationMethod {
    public let kind: MethodKind
    public var assurance: Assurance { .possession }
    private let engine: AuthenticatorEngine

    private init(_ kind: MethodKind, _ engine: AuthenticatorEngine) { (self.kind, self.engine) = (kind, engine) }

    public static func app(_ engine: AuthenticatorEngine) -> Self { Self(.authenticatorApp, engine) }
    public static func recoveryCodes(_ engine: AuthenticatorEngine) -> Self { Self(.recoveryCode, engine) }

    public func check(_ answer: MethodAnswer, to question: MethodQuestion) async throws(OTPError) -> CheckedAnswer {
        guard let subject = question.subject else { throw .authenticatorNotFound }
        let guess: AuthenticatorGuess
        switch (kind, answer) {
        case (.authenticatorApp, .code(let code)): guess = .code(code)
        case (.recoveryCode, .recoveryCode(let code)): guess = .recoveryCode(code)
        case (.recoveryCode, _): throw .malformedRecoveryCode
        default: throw .malformedAuthenticatorCode
        }
        let isHidden = question.purpose == .accountRecovery
        // Nobody's history gets an entry of a decoy's: it is never right.
        let person = question.audit ?? AuditSubject(id: subject, historyKey: [])
        do throws(OTPError) {
            switch try await engine.pay(guess, of: person, attempt: question.attempt, hidingAbsence: isHidden) {
            case .right(let right): return .rightUsing(Use(engine: engine, guess: right))
            case .repeated: throw .busy
            }
        } catch {
            if error.code == .wrongCode || isHidden && error.code == .codeUsed { return .wrong }
            throw error
        }
    }

    private struct Use: AnswerUse {
        let engine: AuthenticatorEngine
        let guess: RightAuthenticatorGuess

        func stage(in commit: inout StagedCommit) async throws(OTPError) {
            _ = try await engine.stageAcceptance(of: guess, outcome: [], in: &commit)
        }
    }
}
