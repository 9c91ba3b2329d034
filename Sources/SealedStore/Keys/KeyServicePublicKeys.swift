import CryptoPrimitives
import IdentityTypes

/// What others know of a key service: enough to seal keys to it, to check what it signs, and to check that its tags are made with the keys
/// they are always made with.
///
/// 128 bytes: signing key 32 (Ed25519), box key 32 (X25519), index element 32 and budget element 32 (`k·G`).
public struct KeyServicePublicKeys: Hashable, Sendable {
    /// Ed25519, 32 bytes: receipts and releases.
    public let signingKey: [UInt8]
    /// X25519: keys on their way in.
    let boxKey: [UInt8]
    /// Ristretto255: what the uniqueness tag's evaluations are proven against.
    let indexElement: [UInt8]
    let budgetElement: [UInt8]

    init(signingKey: [UInt8], boxKey: [UInt8], indexElement: [UInt8], budgetElement: [UInt8]) {
        (self.signingKey, self.boxKey) = (signingKey, boxKey)
        (self.indexElement, self.budgetElement) = (indexElement, budgetElement)
    }

    var bytes: [UInt8] { signingKey + boxKey + indexElement + budgetElement }

    /// What a keyring names; `nil` where it names none.
    init?(in file: borrowing KeyringFile) throws(KeyringError) {
        guard let bytes = file.optionalValue("keyservice-public") else { return nil }
        guard bytes.count == 128 else { throw KeyringError(.malformed, "\(file.name) names a key service that cannot be.") }
        func part(_ index: Int) -> [UInt8] { Array(bytes[32 * index..<32 * index + 32]) }
        self.init(signingKey: part(0), boxKey: part(1), indexElement: part(2), budgetElement: part(3))
        guard Ristretto255.isElement(indexElement), Ristretto255.isElement(budgetElement) else {
            throw KeyringError(.malformed, "\(file.name) names a key service that cannot be.")
        }
    }
}
