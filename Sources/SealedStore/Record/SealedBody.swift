package import CryptoPrimitives
package import RecordStorage

/// A number, sealed: 168 bytes whatever its length.
///
/// Header 88, commitment 32, ciphertext and tag 48. `K ‖ C = BLAKE2b-512(key: DEK, LP("SPNI/v1/body") LP(shred key) LP(header))`;
/// opening needs the data-encryption key from an envelope *and* the shred key from the key service. `C` is compared first, so a
/// record opens under one pair of keys only. Source: design after "Efficient Schemes for Committing Authenticated Encryption"
/// (hash-then-encrypt), draft-irtf-cfrg-xchacha-03.
package struct SealedBody: Hashable, Sendable {
    package static let length = 168

    package let header: RecordHeader
    /// 32 bytes.
    package let commitment: [UInt8]
    /// 48 bytes.
    package let ciphertext: [UInt8]

    /// Seals a number under a data-encryption key and a shred key of 32 bytes each.
    package init(
        sealing number: borrowing SecretNumber, header: RecordHeader, dataKey: borrowing SecretBytes, shredKey: borrowing SecretBytes
    ) {
        let both = Self.derive(header: header, dataKey: dataKey, shredKey: shredKey)
        self.header = header
        commitment = both.slice(32, 32).withUnsafeBytes { Array($0) }
        let key = both.slice(0, 32)
        ciphertext = number.withPlaintext { AEAD.seal($0, key: key, nonce: header.nonce, associatedData: header.encoded) }
    }

    /// - Throws: ``VaultError`` with code `.refused` when a bit, a key or the subject is not the one that was sealed.
    package func open(dataKey: borrowing SecretBytes, shredKey: borrowing SecretBytes) throws(VaultError) -> SecretNumber {
        let both = Self.derive(header: header, dataKey: dataKey, shredKey: shredKey)
        let matches = both.slice(32, 32).withUnsafeBytes { expected in
            commitment.withUnsafeBytes { constantTimeEquals(expected, $0) }
        }
        guard matches else { throw VaultError(.refused, "The keys are not this record's, or the record was changed.") }
        do {
            let key = both.slice(0, 32)
            return try SecretNumber(
                plaintext: try AEAD.open(ciphertext, key: key, nonce: header.nonce, associatedData: header.encoded))
        } catch {
            throw VaultError(.refused, "The record was changed after it was sealed.")
        }
    }

    private static func derive(
        header: RecordHeader, dataKey: borrowing SecretBytes, shredKey: borrowing SecretBytes
    ) -> SecretBytes {
        var hash = BLAKE2b(label: "SPNI/v1/body", key: dataKey, length: 64)
        hash.append(shredKey)
        hash.append(header.encoded)
        return hash.finishSecret()
    }

    package var encoded: [UInt8] { header.encoded + commitment + ciphertext }

    /// What envelopes bind to: BLAKE2b-256(LP("SPNI/v1/body-digest") LP(body)).
    package var digest: [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/body-digest")
        hash.append(encoded)
        return hash.finish()
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        header = try RecordHeader(from: &reader)
        commitment = try reader.fixed(32)
        ciphertext = try reader.fixed(48)
    }
}
