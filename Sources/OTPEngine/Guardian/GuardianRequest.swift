import CryptoPrimitives
package import IdentityTypes
public import RecordStorage

/// What somebody who needs a guardian's word was given: one text to keep, one to hand on.
public struct GuardianRequest: Hashable, Sendable {
    /// For the client of who asks; with it the answer is taken up. Whoever has it can.
    public let claim: String
    /// For the guardian, in a link or a QR code. Whoever has it can answer, if they are a guardian.
    public let invitation: String
    public let expiresAt: Timestamp
}

extension GuardianRequest: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where a request for a guardian's word stands.
public enum GuardianAnswer: Hashable, Sendable {
    case asked
    case approved
    case denied
}

/// A request as its row holds it. Format: `Documentation/Formats.md`.
package struct GuardianRequestState: Hashable, Sendable {
    package enum Answer: Hashable, Sendable {
        case asked
        case approved(by: SubjectID, at: Timestamp)
        case denied
    }

    package static let collection: RecordCollection = "guardian-request"

    /// Whose account it is about; `nil` for a sign-up, and for a decoy.
    package let subject: SubjectID?
    package let isSignUp: Bool
    package var answer: Answer
    package var expires: Timestamp

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 64)
        writer.u8(1)
        writer.bool(isSignUp)
        writer.optional(subject) { $0.fixed($1.bytes) }
        writer.time(expires)
        switch answer {
        case .asked: writer.u8(0)
        case .approved(let guardian, let time):
            writer.u8(1)
            writer.fixed(guardian.bytes)
            writer.time(time)
        case .denied: writer.u8(2)
        }
        return writer.bytes
    }

    init(subject: SubjectID?, isSignUp: Bool, expires: Timestamp) {
        (self.subject, self.isSignUp, answer, self.expires) = (subject, isSignUp, .asked, expires)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == 1 else { throw MalformedBytes() }
        isSignUp = try reader.bool()
        subject = try reader.optional { reader throws(MalformedBytes) in try Self.subject(from: &reader) }
        expires = try reader.time()
        switch try reader.u8() {
        case 0: answer = .asked
        case 1: answer = .approved(by: try Self.subject(from: &reader), at: try reader.time())
        case 2: answer = .denied
        default: throw MalformedBytes()
        }
    }

    private static func subject(from reader: inout ByteReader) throws(MalformedBytes) -> SubjectID {
        guard let subject = SubjectID(bytes: try reader.fixed(16)) else { throw MalformedBytes() }
        return subject
    }
}
