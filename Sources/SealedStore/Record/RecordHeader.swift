package import IdentityTypes
package import RecordStorage

/// The name of one sealed record: 16 random bytes.
public struct RecordID: Hashable, Sendable {
    package let bytes: [UInt8]

    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    package init(random: some RandomSource) {
        bytes = random.bytes(16)
    }
}

/// What a sealed record begins with, authenticated with it: all of its 88-byte header but the nonce.
///
/// "SPNI", version 1, suite 1, kind 1, flags 0, deployment 16, record 16, subject 16, generation u64; big-endian. 64 bytes, and the nonce 24.
package struct RecordHeader: Hashable, Sendable {
    package static let length = 64
    private static let magic: [UInt8] = Array("SPNI".utf8) + [1, 1, 1, 0]

    package let deployment: DeploymentID
    package let record: RecordID
    package let subject: SubjectID
    /// Raised with every reseal.
    package let generation: UInt64
    /// 64 bytes.
    package let encoded: [UInt8]

    package init(deployment: DeploymentID, record: RecordID, subject: SubjectID, generation: UInt64) {
        (self.deployment, self.record, self.subject, self.generation) = (deployment, record, subject, generation)
        var writer = ByteWriter(capacity: Self.length)
        writer.fixed(Self.magic)
        writer.fixed(deployment.bytes)
        writer.fixed(record.bytes)
        writer.fixed(subject.bytes)
        writer.u64(generation)
        encoded = writer.bytes
    }

    /// Refuses an unknown version, suite, kind or flag.
    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.fixed(8) == Self.magic, let deployment = DeploymentID(bytes: try reader.fixed(16)),
            let record = RecordID(bytes: try reader.fixed(16)), let subject = SubjectID(bytes: try reader.fixed(16))
        else { throw MalformedBytes() }
        self.init(deployment: deployment, record: record, subject: subject, generation: try reader.u64())
    }
}
