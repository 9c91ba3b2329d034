import IdentityTypes
import RecordStorage

/// What is kept in a completed challenge, so that the same attempt gets the same answer: kind u8, subject 16, time i64.
struct Outcome: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        case enrolled = 1
        case alreadyEnrolled = 2
        case recovered = 3
        case recoveryWaits = 4
        case recoveryStopped = 5
        case noAccount = 6
        case steppedUp = 7
        case numberChanged = 8
        case emailChanged = 9
        case alreadyClaimed = 10
        case takeOverWaits = 11
    }

    let kind: Kind
    /// `nil` where nobody is named.
    let subject: SubjectID?
    /// Of the proof, or until when to wait.
    let time: Timestamp

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 25)
        writer.u8(kind.rawValue)
        writer.fixed(subject?.bytes ?? [UInt8](repeating: 0, count: 16))
        writer.time(time)
        return writer.bytes
    }

    init(_ kind: Kind, _ subject: SubjectID?, at time: Timestamp) {
        self.kind = kind
        self.subject = subject
        self.time = time
    }

    init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let raw = try? reader.u8(), let kind = Kind(rawValue: raw), let subject = try? reader.fixed(16),
            let time = try? reader.time(),
            reader.remaining == 0
        else { return nil }
        self.init(kind, subject.allSatisfy { $0 == 0 } ? nil : SubjectID(bytes: subject), at: time)
    }
}
