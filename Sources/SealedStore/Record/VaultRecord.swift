package import RecordStorage

/// What stands under a vault key: a sealed record with its envelopes, or the tombstone of one that never came.
package enum VaultRecord: Hashable, Sendable {
    case sealed(SealedBody, envelopes: [Envelope])
    /// The sweeper was here first; a sign-up that comes late fails.
    case tombstone

    /// State u8 (1 sealed, 0 tombstone); body 168; count u8; for each envelope role u8, key id 16, LP(box).
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 320)
        switch self {
        case .tombstone: writer.u8(0)
        case .sealed(let body, let envelopes):
            writer.u8(1)
            writer.fixed(body.encoded)
            writer.u8(UInt8(envelopes.count))
            for envelope in envelopes {
                writer.u8(envelope.role.rawValue)
                writer.fixed(envelope.keyID)
                writer.prefixed(envelope.box)
            }
        }
        return writer.bytes
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        switch try reader.u8() {
        case 0: self = .tombstone
        case 1:
            let body = try SealedBody(from: &reader)
            var envelopes: [Envelope] = []
            for _ in 0..<(try reader.u8()) { envelopes.append(try Envelope(from: &reader)) }
            self = .sealed(body, envelopes: envelopes)
        default: throw MalformedBytes()
        }
    }

    /// Where the record of a subject is: the subject's partition, by record id.
    package static func key(subject: [UInt8], record: RecordID, partitions: PartitionCount) -> RecordKey {
        RecordKey(partition: partitions.partition(of: subject), collection: "vault", row: record.bytes)
    }
}

extension Envelope {
    init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard let role = Role(rawValue: try reader.u8()) else { throw MalformedBytes() }
        self.role = role
        keyID = try reader.fixed(16)
        box = try reader.prefixed(atMost: role.boxLength)
        // Anybody can seal to a sender, and not only keys of 32 bytes: the length is what says that a key is in it.
        guard box.count == role.boxLength else { throw MalformedBytes() }
    }
}
