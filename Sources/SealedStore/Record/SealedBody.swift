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
    private static let label: StaticString = "SPNI/v1/body"
    /// With its nonce.
    private static let headerLength = RecordHeader.length + AEAD.nonceLength

    /// Header with its nonce 88, commitment 32, ciphertext and tag 48.
    package let encoded: [UInt8]

    /// Seals a number under a data-encryption key and a shred key of 32 bytes each.
    package init(
        sealing number: borrowing SecretNumber, header: borrowing RecordHeader, dataKey: borrowing SecretBytes,
        shredKey: borrowing SecretBytes, random: some RandomSource
    ) {
        encoded = TwoKeyAEAD.seal(
            number, fields: header.encoded, first: dataKey, second: shredKey, label: Self.label, random: random)
    }

    /// - Throws: ``VaultError`` with code `.refused` when a bit, a key or the subject is not the one that was sealed.
    package func open(dataKey: borrowing SecretBytes, shredKey: borrowing SecretBytes) throws(VaultError) -> SecretNumber {
        do {
            return try TwoKeyAEAD.open(
                encoded, headerLength: Self.headerLength, first: dataKey, second: shredKey, label: Self.label)
        } catch {
            throw VaultError(.refused, "The keys are not this record's, or the record was changed after it was sealed.")
        }
    }

    /// What envelopes bind to: BLAKE2b-256(LP("SPNI/v1/body-digest") LP(body)).
    package var digest: [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/body-digest")
        hash.append(encoded)
        return hash.finish()
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        encoded = try reader.fixed(Self.length)
        var fields = ByteReader(encoded)
        _ = try RecordHeader(from: &fields)
    }

    /// Read anew each time: a body is more often sealed and stored than looked at.
    package var header: RecordHeader {
        var fields = ByteReader(encoded)
        guard let header = try? RecordHeader(from: &fields) else { preconditionFailure("A body begins with a header.") }
        return header
    }
}
