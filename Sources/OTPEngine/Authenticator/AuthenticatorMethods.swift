import IdentityTypes
import RecordStorage

/// Codes of an authenticator app, as a method; recovery codes as another.
///
/// A code of the app is paid for twice: by the challenge, and by the app's own budgets, which hold whoever asks: so it is asked of nobody who
/// has shown nothing else. A recovery code cannot be guessed, and is asked of strangers too; by answer and time they cannot tell whether
/// somebody has any.
public struct AuthenticatorMethod: VerificationMethod {
    public let kind: MethodKind
    public var assurance: Assurance { .possession }
    public var answersCanBeGuessed: Bool { kind == .authenticatorApp }
    private let engine: AuthenticatorEngine

    private init(_ kind: MethodKind, _ engine: AuthenticatorEngine) { (self.kind, self.engine) = (kind, engine) }

    public static func app(_ engine: AuthenticatorEngine) -> Self { Self(.authenticatorApp, engine) }
    public static func recoveryCodes(_ engine: AuthenticatorEngine) -> Self { Self(.recoveryCode, engine) }

    public func check(_ answer: MethodAnswer, to question: MethodQuestion) async throws(OTPError) -> CheckedAnswer {
        switch (kind, answer) {
        case (.authenticatorApp, .code(let code)): return try await check(code, question)
        case (.recoveryCode, .recoveryCode(let code)):
            guard let subject = question.subject else { return .wrong }
            let digest = try await engine.recoveryCode(typed: code, of: subject)
            guard let digest, let person = question.audit else { return .wrong }
            return .rightUsing(UsedRecoveryCode(engine: engine, digest: digest, person: person))
        case (.recoveryCode, _): throw .malformedRecoveryCode
        default: throw .malformedAuthenticatorCode
        }
    }

    private func check(_ code: SubmittedCode, _ question: MethodQuestion) async throws(OTPError) -> CheckedAnswer {
        // There is nobody: whoever asks has a device that proved the number, and learns no more than that.
        guard let person = question.audit else { return .wrong }
        do throws(OTPError) {
            switch try await engine.pay(.code(code), of: person, attempt: question.attempt) {
            case .right(let right): return .rightUsing(UsedAppCode(engine: engine, guess: right))
            case .repeated: throw .busy
            }
        } catch {
            let isHidden = question.purpose == .accountRecovery && [.codeUsed, .authenticatorNotFound].contains(error.code)
            if error.code == .wrongCode || isHidden { return .wrong }
            throw error
        }
    }
}

private struct UsedAppCode: AnswerUse {
    let engine: AuthenticatorEngine
    let guess: RightAuthenticatorGuess

    func stage(in commit: inout StagedCommit) async throws(OTPError) {
        _ = try await engine.stageAcceptance(of: guess, outcome: [], in: &commit)
    }
}

private struct UsedRecoveryCode: AnswerUse {
    let engine: AuthenticatorEngine
    let digest: [UInt8]
    let person: AuditSubject

    func stage(in commit: inout StagedCommit) async throws(OTPError) {
        try await engine.stageUse(ofRecoveryCode: digest, by: person, in: &commit)
    }
}
