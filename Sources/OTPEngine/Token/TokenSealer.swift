import CryptoPrimitives
import IdentityTypes
import RecordStorage

/// Seals and opens challenge tokens. Format: `Documentation/Formats.md`.
struct TokenSealer: Sendable {
    private static let format: UInt8 = 1
    private static let noNonce = [UInt8](repeating: 0, count: AEAD.nonceLength)

    private let keys: RootKeys
    /// What a box belongs to, under the current key and under the one before it.
    private let contexts: (current: [UInt8], previous: [UInt8])

    init(deployment: DeploymentID, keys: RootKeys) {
        func context(of key: RootKey?) -> [UInt8] {
            guard let key else { return [] }
            var context = ByteWriter(capacity: 21)
            context.u8(Self.format)
            context.u32(key.id)
            context.fixed(deployment.bytes)
            return context.bytes
        }
        self.keys = keys
        contexts = (context(of: keys.current), context(of: keys.previous))
    }

    /// What a token says once its outside is opened.
    struct Opened: Sendable {
        let key: RootKey
        let id: ChallengeID
        let tag: BudgetTag
        let purpose: ChallengePurpose
        let drawn: TokenRoute
        /// The caller's content, still sealed under the row secret.
        let inner: ArraySlice<UInt8>
    }

    /// Called once for a challenge: the inner nonce is zero, since the key is the row secret's alone.
    func seal(
        _ content: borrowing SecretBytes, id: ChallengeID, tag: BudgetTag, purpose: ChallengePurpose, drawn: TokenRoute,
        rowSecret: RowSecret, random: some RandomSource
    ) -> ChallengeToken {
        precondition(content.count <= ChallengeToken.contentLimit, "A token carries at most \(ChallengeToken.contentLimit) bytes.")
        let key = keys.current
        let inner = content.withUnsafeBytes {
            AEAD.seal($0, key: Self.innerKey(key, rowSecret), nonce: Self.noNonce, associatedData: id.bytes)
        }
        var plaintext = ByteWriter(capacity: 50 + TokenRoute.length + inner.count)
        plaintext.fixed(id.value)
        plaintext.fixed(tag.bytes)
        plaintext.u16(purpose.rawValue)
        drawn.write(to: &plaintext)
        plaintext.fixed(inner)
        var token = ByteWriter(capacity: ChallengeToken.shortest + inner.count)
        token.u8(Self.format)
        token.u32(key.id)
        token.fixed(
            plaintext.bytes.withUnsafeBytes {
                CommittingAEAD.seal($0, key: key.secret, label: "SPNI/v1/token", context: context(of: key), random: random)
            })
        return ChallengeToken(bytes: token.bytes)
    }

    /// - Throws: ``OTPError`` with code `.tokenMalformed`, `.tokenKeyUnknown` or `.tokenForged`.
    func open(_ token: ChallengeToken) throws(OTPError) -> Opened {
        var reader = ByteReader(token.bytes)
        guard let format = try? reader.u8(), let keyID = try? reader.u32(), format == Self.format else { throw .tokenMalformed }
        guard let key = keys.key(keyID) else { throw .tokenKeyUnknown }
        // What comes out is public to whoever holds the row; the number in it is still sealed.
        guard
            let plaintext = try? CommittingAEAD.openPublic(
                token.bytes, from: reader.position, key: key.secret, label: "SPNI/v1/token", context: context(of: key))
        else { throw .tokenForged }
        var content = ByteReader(plaintext)
        do {
            let id = ChallengeID(try content.bytes16())
            guard let tag = BudgetTag(bytes: try content.fixed(32)), let purpose = ChallengePurpose(rawValue: try content.u16()) else {
                throw MalformedBytes()
            }
            let drawn = try TokenRoute(from: &content)
            return Opened(key: key, id: id, tag: tag, purpose: purpose, drawn: drawn, inner: plaintext[content.position...])
        } catch {
            throw .tokenForged
        }
    }

    /// - Throws: ``OTPError`` with code `.tokenForged`.
    static func openInner(_ opened: Opened, rowSecret: RowSecret) throws(OTPError) -> SecretBytes {
        do {
            return try AEAD.open(opened.inner, key: innerKey(opened.key, rowSecret), nonce: noNonce, associatedData: opened.id.bytes)
        } catch {
            throw .tokenForged
        }
    }

    private func context(of key: RootKey) -> [UInt8] {
        key === keys.current ? contexts.current : contexts.previous
    }

    private static func innerKey(_ key: RootKey, _ rowSecret: RowSecret) -> SecretBytes {
        var hash = BLAKE2b(label: "SPNI/v1/token-number", key: key.secret)
        hash.append(rowSecret.value)
        return hash.finishSecret()
    }
}
