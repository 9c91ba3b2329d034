package import CryptoPrimitives
package import IdentityTypes
public import RecordStorage

/// Shows that a subject has just proven possession of the number: given at the end of a step-up, good for 15 minutes.
public struct StepUpProof: Hashable, Sendable {
    /// How long it is good for.
    public static let lifetime: Duration = .seconds(15 * 60)

    package let subject: SubjectID
    /// Of the challenge that proved it; spent once by the key service.
    package let challenge: [UInt8]
    public let provenAt: Timestamp
    private let code: [UInt8]

    package init(subject: SubjectID, challenge: [UInt8], provenAt: Timestamp, key: borrowing SecretBytes) {
        self.subject = subject
        self.challenge = challenge
        self.provenAt = provenAt
        code = Self.code(subject, challenge, provenAt, key)
    }

    /// Subject 16, challenge 16, proven at time, code 32.
    func write(to writer: inout ByteWriter) {
        writer.fixed(subject.bytes)
        writer.fixed(challenge)
        writer.time(provenAt)
        writer.fixed(code)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard let subject = SubjectID(bytes: try reader.fixed(16)) else { throw MalformedBytes() }
        self.subject = subject
        (challenge, provenAt, code) = (try reader.fixed(16), try reader.time(), try reader.fixed(32))
    }

    /// Whether it was made under `key` and is fresh.
    package func isGood(at now: Timestamp, key: borrowing SecretBytes) -> Bool {
        constantTimeEquals(code, Self.code(subject, challenge, provenAt, key)) && now < provenAt + Self.lifetime
            && provenAt < now + .seconds(60)
    }

    private static func code(_ subject: SubjectID, _ challenge: [UInt8], _ time: Timestamp, _ key: borrowing SecretBytes) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/step-up", key: key)
        hash.append(subject.bytes)
        hash.append(challenge)
        hash.append(UInt64(bitPattern: time.milliseconds))
        return hash.finish()
    }
}
