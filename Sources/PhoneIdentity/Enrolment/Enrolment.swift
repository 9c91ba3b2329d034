import IdentityTypes
import OTPEngine
import RecordStorage
import SealedStore

/// What the service keeps of a person beside the sealed number.
///
/// Version u8 = 1, state u8 (1 active, 2 erasing), record 16, number (u8, then tag 32, epoch u32, region LP, metadata version LP, last proof
/// i64, wanted since (u8, i64)), e-mail (u8, then tag 32, epoch u32, last proof i64), history public key 32, wrapped seed LP, link generation u32, enrolled at i64,
/// acknowledged u8, count of waiting recoveries u8, each name of the method LP and asked at i64, recovery stopped until (u8, i64), secured at i64, guardian (u8, then subject 16), wards u8, count of methods
/// u8, each name LP, assurance u8, last completed i64, count of consumers u8, each LP.
struct Enrolment: Hashable, Sendable {
    enum State: UInt8, Sendable {
        case active = 1
        case erasing = 2
    }

    let subject: SubjectID
    var state = State.active
    let record: RecordID
    /// `nil` of somebody who gave none.
    var number: Number?
    var email: Address?
    /// X25519, 32 bytes.
    let historyKey: [UInt8]
    let wrappedSeed: [UInt8]
    var linkGeneration: UInt32 = 0
    let enrolledAt: Timestamp
    /// Whether the host has called `acknowledge`.
    var isAcknowledged = false
    /// Recoveries that must wait, by how they were asked for: who comes by another way waits their own time.
    var recoveryWaits: [RecoveryWait] = []
    /// When the account was last recovered, or a recovery stopped: what was shown or begun before changes nothing any more.
    var securedAt = Timestamp(milliseconds: 0)
    /// Until when the owner has closed recovery by number alone.
    var recoveryStoppedUntil: Timestamp?
    /// Who answers for this person.
    var guardian: SubjectID?
    /// For how many this person answers.
    var wards: UInt8 = 0
    /// Every method that the person has completed, each once, in the order of the first time.
    var methods: [CompletedMethod] = []

    struct RecoveryWait: Hashable, Sendable {
        let method: MethodKind
        let askedAt: Timestamp
    }

    /// A number as it is claimed. The number itself is in the sealed record alone.
    struct Number: Hashable, Sendable {
        let tag: UniquenessTag
        let epoch: UInt32
        let region: String
        /// Of the numbering plans that read the number: renumberings are found by it.
        let metadataVersion: String
        /// When possession was last proven.
        var lastProof: Timestamp
        /// Since when somebody else says that they have it, and the person has not proven it again.
        var wantedSince: Timestamp?
    }

    /// An e-mail address as it is claimed. The address itself is nowhere.
    struct Address: Hashable, Sendable {
        let tag: UniquenessTag
        let epoch: UInt32
        var lastProof: Timestamp
    }

    /// More than there are kinds of methods in one deployment.
    private static let methodLimit = 32

    /// How many consumers may know one person: an erasure removes all of their pseudonyms in one commit.
    static let consumerLimit = 64

    /// Everyone who was given a pseudonym, in the order of the first use; the host is the first of all.
    var consumers: [Consumer] = [.host]

    var audit: AuditSubject { AuditSubject(id: subject, historyKey: historyKey) }
    var tags: [UniquenessTag] { [number?.tag, email?.tag].compactMap { $0 } }
    var tier: VerificationTier { VerificationTier(of: methods) }
    /// The strongest that the person has ever shown.
    var strongest: Assurance { methods.map(\.assurance).max() ?? .vouched }

    /// Notes that a method was completed.
    mutating func note(_ kind: MethodKind, _ assurance: Assurance, at now: Timestamp) {
        let completed = CompletedMethod(kind, assurance, at: now)
        if let index = methods.firstIndex(where: { $0.kind == kind }) {
            methods[index] = completed
        } else if methods.count < Self.methodLimit {
            methods.append(completed)
        }
        if kind.isPhone, let last = number?.lastProof {
            number?.lastProof = max(now, last)
            number?.wantedSince = nil
        }
        if kind == .email, let last = email?.lastProof { email?.lastProof = max(now, last) }
    }

    static func key(_ subject: SubjectID, _ partitions: PartitionCount) -> RecordKey {
        RecordKey(partition: partitions.partition(of: subject.bytes), collection: "enrolment", row: subject.bytes)
    }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 320)
        writer.u8(1)
        writer.u8(state.rawValue)
        writer.fixed(record.bytes)
        writer.optional(number) { $1.write(to: &$0) }
        writer.optional(email) { $1.write(to: &$0) }
        writer.fixed(historyKey)
        writer.prefixed(wrappedSeed)
        writer.u32(linkGeneration)
        writer.time(enrolledAt)
        writer.bool(isAcknowledged)
        writer.u8(UInt8(recoveryWaits.count))
        for wait in recoveryWaits {
            writer.prefixed(wait.method.rawValue)
            writer.time(wait.askedAt)
        }
        writer.optional(recoveryStoppedUntil) { $0.time($1) }
        writer.time(securedAt)
        writer.optional(guardian) { $0.fixed($1.bytes) }
        writer.u8(wards)
        writer.u8(UInt8(methods.count))
        for method in methods {
            writer.prefixed(method.kind.rawValue)
            writer.u8(method.assurance.rawValue)
            writer.time(method.completedAt)
        }
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
            let record = RecordID(bytes: try reader.fixed(16))
        else { throw MalformedBytes() }
        self.subject = subject
        self.state = state
        self.record = record
        number = try reader.optional { reader throws(MalformedBytes) in try Number(from: &reader) }
        email = try reader.optional { reader throws(MalformedBytes) in try Address(from: &reader) }
        historyKey = try reader.fixed(32)
        wrappedSeed = try reader.prefixed(atMost: 104)
        guard wrappedSeed.count == 104 else { throw MalformedBytes() }
        linkGeneration = try reader.u32()
        enrolledAt = try reader.time()
        isAcknowledged = try reader.bool()
        recoveryWaits = []
        for _ in 0..<(try reader.u8()) {
            guard let method = MethodKind(rawValue: try reader.text(atMost: 32)) else { throw MalformedBytes() }
            recoveryWaits.append(RecoveryWait(method: method, askedAt: try reader.time()))
        }
        recoveryStoppedUntil = try reader.optional { reader throws(MalformedBytes) in try reader.time() }
        securedAt = try reader.time()
        guardian = try reader.optional { reader throws(MalformedBytes) in
            guard let guardian = SubjectID(bytes: try reader.fixed(16)) else { throw MalformedBytes() }
            return guardian
        }
        wards = try reader.u8()
        methods = []
        for _ in 0..<(try reader.u8()) {
            guard let kind = MethodKind(rawValue: try reader.text(atMost: 32)), let assurance = Assurance(rawValue: try reader.u8()),
                !methods.contains(where: { $0.kind == kind })
            else { throw MalformedBytes() }
            methods.append(CompletedMethod(kind, assurance, at: try reader.time()))
        }
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

extension Enrolment.Number {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.fixed(tag.bytes)
        writer.u32(epoch)
        writer.prefixed(region)
        writer.prefixed(metadataVersion)
        writer.time(lastProof)
        writer.optional(wantedSince) { $0.time($1) }
    }

    fileprivate init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard let tag = UniquenessTag(bytes: try reader.fixed(32)) else { throw MalformedBytes() }
        self.init(
            tag: tag, epoch: try reader.u32(), region: try reader.text(atMost: 3), metadataVersion: try reader.text(atMost: 32),
            lastProof: try reader.time(), wantedSince: try reader.optional { reader throws(MalformedBytes) in try reader.time() })
    }
}

extension Enrolment.Address {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.fixed(tag.bytes)
        writer.u32(epoch)
        writer.time(lastProof)
    }

    fileprivate init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard let tag = UniquenessTag(bytes: try reader.fixed(32)) else { throw MalformedBytes() }
        self.init(tag: tag, epoch: try reader.u32(), lastProof: try reader.time())
    }
}
