package import RecordStorage

/// A box for the holder of one X25519 secret, sealed to its public half or, by whoever drew the secret just now, under the secret itself.
///
/// The second form says the same to the same reader and spares three multiplications on the curve. Layout: form u8; 1: a ``SealedBox``;
/// 2: a ``CommittingAEAD`` under BLAKE2b-256(key: secret, LP("SPNI/v1/box-direct")). Label and context are the same in both.
package enum OwnedBox {
    private enum Form: UInt8 {
        case toPublicKey = 1
        case underSecret = 2
    }

    /// What seals under a secret and does not open what was sealed to its public half.
    package final class DirectKey: Sendable {
        fileprivate let key: SecretBytes

        /// - Parameter secret: 32 bytes, the box's secret half.
        package init(of secret: borrowing SecretBytes) {
            key = BLAKE2b(label: "SPNI/v1/box-direct", key: secret).finishSecret()
        }
    }

    /// - Throws: ``CryptoError`` with code `.invalidEncoding` when the public key is no usable point.
    package static func seal(
        _ plaintext: UnsafeRawBufferPointer, to publicKey: [UInt8], label: StaticString, context: [UInt8], random: some RandomSource
    ) throws(CryptoError) -> [UInt8] {
        [Form.toPublicKey.rawValue] + (try SealedBox.seal(plaintext, to: publicKey, label: label, context: context, random: random))
    }

    package static func seal(
        _ plaintext: UnsafeRawBufferPointer, under key: DirectKey, label: StaticString, context: [UInt8], random: some RandomSource
    ) -> [UInt8] {
        [Form.underSecret.rawValue] + CommittingAEAD.seal(plaintext, key: key.key, label: label, context: context, random: random)
    }

    /// - Throws: ``CryptoError`` with code `.authenticationFailed`.
    package static func open(
        _ box: [UInt8], with secret: borrowing SecretBytes, label: StaticString, context: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        let content = Array(box.dropFirst())
        switch box.first.flatMap(Form.init(rawValue:)) {
        case .toPublicKey: return try SealedBox.open(content, with: secret, label: label, context: context)
        case .underSecret: return try CommittingAEAD.open(content, key: DirectKey(of: secret).key, label: label, context: context)
        case nil: throw CryptoError(.authenticationFailed, "A box has neither of the two forms.")
        }
    }
}

extension OwnedBox.DirectKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
