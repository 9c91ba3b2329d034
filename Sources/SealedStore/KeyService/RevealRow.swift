import IdentityTypes
import RecordStorage

/// What the key service remembers of a request: version u8 = 1, state u8, request's digest 32, subject 16, record 16, generation u64, opener 32.
struct RevealRow: Sendable {
    enum State: UInt8, Sendable {
        /// Approvals came in; shares are with the recipient.
        case approving = 1
        /// The shred key was released; nothing comes out for this request any more.
        case released = 2
        /// Denied.
        case ended = 3
    }

    var state: State
    let digest: [UInt8]
    let subject: SubjectID
    let record: RecordID
    let generation: UInt64
    let opener: [UInt8]

    init(_ state: State, _ request: RevealRequest) {
        self.state = state
        (digest, subject, record) = (request.digest, request.subject, request.record)
        (generation, opener) = (request.generation, request.opener)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == 1, let state = State(rawValue: try reader.u8()) else { throw MalformedBytes() }
        self.state = state
        digest = try reader.fixed(32)
        guard let subject = SubjectID(bytes: try reader.fixed(16)), let record = RecordID(bytes: try reader.fixed(16)) else {
            throw MalformedBytes()
        }
        (self.subject, self.record) = (subject, record)
        (generation, opener) = (try reader.u64(), try reader.fixed(32))
    }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 106)
        writer.u8(1)
        writer.u8(state.rawValue)
        writer.fixed(digest)
        writer.fixed(subject.bytes)
        writer.fixed(record.bytes)
        writer.u64(generation)
        writer.fixed(opener)
        return writer.bytes
    }
}
