import IdentityTypes
import RecordStorage
import SealedStore

/// What the service keeps of a person beside the sealed number.
///
/// Version u8 = 1, state u8 (1 active, 2 erasing), record 16, tag 32, epoch u32, history public key 32, wrapped seed LP, link
/// generation u32, region LP, metadata version LP, enrolled at i64, last proof i64, acknowledged u8, recovery asked at (u8, i64),
/// recovery stopped until (u8, i64), count of consumers u8, each LP.
struct Enrolment: Hashable, Sendable {
    enum State: UInt8, Sendable {
        case active = 1
        case erasing = 2
    }

    let subject: SubjectID
    var state = State.active
    let record: RecordID
    let tag: UniquenessTag
    let epoch: UInt32
    /// X25519, 32 bytes.
    let historyKey: [UInt8]
    let wrappedSeed: [UInt8]
    var linkGeneration: UInt32 = 0
    let region: String
    /// Of the numbering plans that read the number: renumberings are found by it.
    let metadataVersion: String
    let enrolledAt: Timestamp
    /// When possession of the number was last proven.
    var lastProof: Timestamp
    /// Whether the host has called `acknowledge`.
    var isAcknowledged = false
    /// When a recovery that must wait was asked for.
    var recoveryAskedAt: Timestamp?
    /// Until when the owner has closed recovery by number alone.
    var recoveryStoppedUntil: Timestamp?
    /// How many consumers may know one person: an erasure removes all of their pseudonyms in one commit.
    static let consumerLimit = 64

    /// Everyone who was given a pseudonym, in the order of the first use; the host is the first of all.
    var consumers: [Consumer] = [.host]

    var audit: AuditSubject { AuditSubject(id: subject, historyKey: historyKey) }

    static func key(_ subject: SubjectID, _ partitions: PartitionCount) -> RecordKey {
        RecordKey(partition: partitions.partition(of: subject.bytes), collection: "enrolment", row: subject.bytes)
    }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 320)
        writer.u8(1)
        writer.u8(state.rawValue)
        writer.fixed(record.bytes)
        writer.fixed(tag.bytes)
        writer.u32(epoch)
        writer.fixed(historyKey)
        writer.prefixed(wrappedSeed)
        writer.u32(linkGeneration)
        writer.prefixed(region)
        writer.prefixed(metadataVersion)
        writer.time(enrolledAt)
        writer.time(lastProof)
        writer.bool(isAcknowledged)
        writer.optional(recoveryAskedAt) { $0.time($1) }
        writer.optional(recoveryStoppedUntil) { $0.time($1) }
        writer.u8(UInt8(consumers.count))
        for consumer in consumers { writer.prefixed(consumer.rawValue) }
        return writer.bytes
    }
}

extension Enrolment {
    init(_ record: StoredRecord) throws(StorageError) {
        let row = record.key.row
        self = try decodeRecord(record) { reader throws(MalformedBytes) in try Enrolment(row: row, from: &reader) }
    }

    private init(row: [UInt8], from reader: inout ByteReader) throws(MalformedBytes) {
        guard let subject = SubjectID(bytes: row), try reader.u8() == 1, let state = State(rawValue: try reader.u8()),
            let record = RecordID(bytes: try reader.fixed(16)), let tag = UniquenessTag(bytes: try reader.fixed(32))
        else { throw MalformedBytes() }
        self.subject = subject
        self.state = state
        self.record = record
        self.tag = tag
        epoch = try reader.u32()
        historyKey = try reader.fixed(32)
        wrappedSeed = try reader.prefixed(atMost: 104)
        guard wrappedSeed.count == 104 else { throw MalformedBytes() }
        linkGeneration = try reader.u32()
        region = try reader.text(atMost: 3)
        metadataVersion = try reader.text(atMost: 32)
        enrolledAt = try reader.time()
        lastProof = try reader.time()
        isAcknowledged = try reader.bool()
        recoveryAskedAt = try reader.optional { reader throws(MalformedBytes) in try reader.time() }
        recoveryStoppedUntil = try reader.optional { reader throws(MalformedBytes) in try reader.time() }
        consumers = []
        for _ in 0..<(try reader.u8()) {
            guard let consumer = Consumer(rawValue: try reader.text(atMost: 64)), !consumers.contains(consumer) else {
                throw MalformedBytes()
            }
            consumers.append(consumer)
        }
        guard consumers.first == .host, consumers.count <= Self.consumerLimit else { throw MalformedBytes() }
    }
}
