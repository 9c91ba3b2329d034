package import CryptoPrimitives
package import IdentityTypes
package import RecordStorage

/// The private part of an entry and the salt that hides it in the leaf's commitment.
///
/// Private bytes: version u8 = 1, time i64 (milliseconds since 1970), subject (u8 0, or u8 1 and 16 bytes), number of
/// details u16, each detail LP(name) LP(value) in UTF-8, where LP is a u32 length and the bytes.
/// The opening is salt 32 ‖ private bytes.
package struct EntryOpening: Hashable, Sendable {
    private static let label = "SPNI/v1/opening"
    static let sealLabel: StaticString = "SPNI/v1/opening-seal"

    package let salt: [UInt8]
    package let time: Timestamp
    package let subject: SubjectID?
    package let details: [AuditEvent.Detail]

    package init(_ event: AuditEvent, random: some RandomSource) {
        salt = random.bytes(32)
        time = event.time
        subject = event.subject?.id
        details = event.details
    }

    package init(bytes: [UInt8]) throws(MalformedBytes) {
        var reader = ByteReader(bytes)
        salt = try reader.fixed(32)
        guard try reader.u8() == 1 else { throw MalformedBytes() }
        time = try reader.time()
        subject = try reader.optional { reader throws(MalformedBytes) in
            guard let subject = SubjectID(bytes: try reader.fixed(16)) else { throw MalformedBytes() }
            return subject
        }
        var details: [AuditEvent.Detail] = []
        for _ in 0..<(try reader.u16()) { details.append(.init(try reader.text(), try reader.text())) }
        self.details = details
        try reader.finish()
    }

    private var privateBytes: [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        writer.time(time)
        writer.optional(subject) { $0.fixed($1.bytes) }
        writer.u16(UInt16(details.count))
        for detail in details {
            writer.prefixed(detail.name)
            writer.prefixed(detail.value)
        }
        return writer.bytes
    }

    /// salt ‖ private bytes.
    package var bytes: [UInt8] { salt + privateBytes }

    /// SHA-256(LP("SPNI/v1/opening") ‖ salt 32 ‖ private bytes): binding, and hiding as long as the salt is secret.
    package var commitment: [UInt8] {
        var writer = ByteWriter()
        writer.prefixed(Self.label)
        writer.fixed(bytes)
        return SHA256.hash(writer.bytes)
    }

    /// The opening for the subject's eyes alone, bound to its leaf.
    ///
    /// Empty where the history key is no usable point: the entry stands, only its owner cannot read it. Failing here would
    /// let a damaged key stop the commit of what happened.
    package func sealed(to historyKey: [UInt8], leaf: AuditLeaf, random: some RandomSource) -> [UInt8] {
        do {
            return try bytes.withUnsafeBytes { plaintext throws(CryptoError) in
                try OwnedBox.seal(plaintext, to: historyKey, label: Self.sealLabel, context: leaf.bytes, random: random)
            }
        } catch {
            return []
        }
    }

    /// The same by whoever drew the history key just now.
    package func sealed(under key: OwnedBox.DirectKey, leaf: AuditLeaf, random: some RandomSource) -> [UInt8] {
        bytes.withUnsafeBytes { plaintext in
            OwnedBox.seal(plaintext, under: key, label: Self.sealLabel, context: leaf.bytes, random: random)
        }
    }
}
