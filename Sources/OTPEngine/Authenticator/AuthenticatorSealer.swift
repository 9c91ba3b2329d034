import CryptoPrimitives
import IdentityTypes
import RecordStorage

/// Seals what a person's row keeps, and makes the digests in it. Format: `Documentation/Formats.md`.
struct AuthenticatorSealer: Sendable {
    let deployment: DeploymentID
    let keys: RootKeys

    private func context(_ subject: SubjectID) -> [UInt8] { deployment.bytes + subject.bytes }

    private func context(_ subject: SubjectID, _ id: [UInt8], _ parameters: AuthenticatorParameters) -> [UInt8] {
        context(subject) + id + [parameters.algorithm.rawValue, parameters.digits.rawValue]
    }

    func seal(
        _ secret: borrowing SecretBytes, of subject: SubjectID, id: [UInt8], _ parameters: AuthenticatorParameters,
        random: some RandomSource
    ) -> SealedAuthenticatorSecret {
        let box = CommittingAEAD.seal(
            secret, key: keys.current.secret, label: "SPNI/v1/authenticator", context: context(subject, id, parameters), random: random)
        return SealedAuthenticatorSecret(id: id, parameters: parameters, keyID: keys.current.id, box: box)
    }

    func open(_ sealed: SealedAuthenticatorSecret, of subject: SubjectID) throws(OTPError) -> SecretBytes {
        let key = try key(sealed.keyID)
        do {
            return try CommittingAEAD.open(
                sealed.box, key: key.secret, label: "SPNI/v1/authenticator", context: context(subject, sealed.id, sealed.parameters))
        } catch {
            throw .authenticatorTampered
        }
    }

    /// The key with this id, which is looked for before a guess is paid that could then not be compared.
    @discardableResult
    func key(_ id: UInt32) throws(OTPError) -> RootKey {
        guard let key = keys.key(id) else { throw .authenticatorKeyUnknown }
        return key
    }

    /// Digests of new codes, under a key of their own that is sealed beside them.
    func seal(_ codes: RecoveryCodes, of subject: SubjectID, random: some RandomSource) -> RecoverySet {
        let key = SecretBytes(random: random)
        let digests = (0..<RecoveryCodes.count).map { digest(codes[$0], of: subject, key: key) }
        return RecoverySet(keyID: keys.current.id, box: seal(recoveryKey: key, of: subject, random: random), digests: digests)
    }

    func seal(recoveryKey key: borrowing SecretBytes, of subject: SubjectID, random: some RandomSource) -> [UInt8] {
        CommittingAEAD.seal(
            key, key: keys.current.secret, label: "SPNI/v1/recovery-key", context: context(subject), random: random)
    }

    func recoveryKey(of set: RecoverySet, _ subject: SubjectID) throws(OTPError) -> SecretBytes {
        let key = try key(set.keyID)
        do {
            return try CommittingAEAD.open(set.box, key: key.secret, label: "SPNI/v1/recovery-key", context: context(subject))
        } catch {
            throw .authenticatorTampered
        }
    }

    func digest(_ code: borrowing SecretBytes, of subject: SubjectID, key: borrowing SecretBytes) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/recovery-code", key: key, length: 16)
        hash.append(deployment.bytes)
        hash.append(subject.bytes)
        hash.append(code)
        return hash.finish()
    }

    /// What an attempt is recognised by when it is asked again with what it submitted then.
    func digest(of attempt: AttemptID, submitting guess: TypedGuess, at target: [UInt8], by subject: SubjectID) -> AttemptDigest {
        var hash = BLAKE2b(label: "SPNI/v1/authenticator-attempt", key: keys.current.secret, length: 16)
        hash.append(deployment.bytes)
        hash.append(subject.bytes)
        hash.append(attempt.bytes)
        hash.append([guess.kind.rawValue])
        hash.append(target)
        switch guess {
        case .code(let code), .enrolment(let code): hash.append(code.digits)
        case .recoveryCode(let code): hash.append(code.characters)
        }
        return AttemptDigest(bytes: hash.finish())
    }
}
