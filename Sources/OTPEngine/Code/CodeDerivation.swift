package import CryptoPrimitives
package import IdentityTypes

/// The code of one challenge, made when it is needed and stored nowhere. Format: `Documentation/Formats.md`.
///
/// Everything the challenge is bound to goes into its key, so a row whose subject, purpose or session somebody edits has another code.
package struct CodeDerivation: Sendable {
    private let generation: UInt32
    private let digits: Int
    private let isDeliverable: Bool
    /// K: made once, as a guess needs it for its digest and for the code.
    private let key: RootKey

    /// `nil` when the challenge's code key is not among the two.
    package init?(of challenge: Challenge, tag: BudgetTag, deployment: DeploymentID, keys: RootKeys) {
        guard let codeKey = keys.key(challenge.codeKeyID) else { return nil }
        (generation, digits, isDeliverable) = (challenge.generation, challenge.digits, challenge.isDeliverable)
        let secret = BLAKE2b.secret(label: "SPNI/v1/otp", key: codeKey.secret) { hash in
            hash.append(deployment.bytes)
            hash.append(challenge.id.value)
            hash.append(challenge.purpose.rawValue)
            hash.append(tag.bytes)
            hash.append(challenge.subject?.bytes ?? [])
            hash.append(challenge.binding.value)
            if let reason = challenge.reason { hash.append([reason.rawValue]) }
        }
        key = RootKey(id: codeKey.id, secret: secret)
    }

    /// ASCII digits, as many as the challenge has.
    package func code() -> SecretBytes {
        let authenticator = HMACSHA256.authenticate(generation, key: key.secret)
        // 128 bits for at most 34 bits of code: the bias is below 2⁻⁹⁴. Ten digits hold all that shorter codes end with.
        let first = authenticator.withUnsafeBytes { bytes in bytes.prefix(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
        var number = UInt64(first % 10_000_000_000)
        return SecretBytes(count: digits) { target in
            for index in target.indices.reversed() {
                target[index] = 0x30 + UInt8(truncatingIfNeeded: number % 10)
                number /= 10
            }
        }
    }

    /// 32 bytes for whatever signs an answer to this challenge.
    func nonce(for method: MethodKind) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/otp-nonce", key: key.secret)
        hash.append(method.rawValue)
        return hash.finish()
    }

    /// What the attempt is recognised by: another code or a new generation under the same attempt is another guess.
    package func digest(of attempt: AttemptID, submitting answer: MethodAnswer) -> AttemptDigest {
        AttemptDigest(
            BLAKE2b.digest16(label: "SPNI/v1/otp-attempt", key: key.secret) { hash in
                hash.append(attempt.value)
                hash.append(generation)
                switch answer {
                case .code(let code): hash.append(code.digits)
                case .recoveryCode(let code): hash.append(code.characters)
                case .response(let bytes): hash.append(bytes)
                case .approval: break
                }
            })
    }

    /// Whether the submitted code is the challenge's; the time taken tells nothing. A decoy's never is.
    package func accepts(_ submitted: SubmittedCode) -> Bool {
        let code = code()
        let matches = code.withUnsafeBytes { code in submitted.digits.withUnsafeBytes { constantTimeEquals(code, $0) } }
        return matches && isDeliverable
    }
}
