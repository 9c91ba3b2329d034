package import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// Shows that a subject has just proven that it is them, and why they were asked: given at the end of a step-up, good for 15 minutes and for
/// that reason.
public struct StepUpProof: Hashable, Sendable {
    /// How long it is good for.
    public static let lifetime: Duration = .seconds(15 * 60)

    package let subject: SubjectID
    /// Of the challenge that proved it; spent once by the key service.
    package let challenge: [UInt8]
    public let provenAt: Timestamp
    /// What the person was told.
    public let reason: StepUpReason
    /// Whether the number itself was typed and proven for it.
    public let isByNumber: Bool
    private let code: [UInt8]

    package init(
        subject: SubjectID, challenge: [UInt8], provenAt: Timestamp, reason: StepUpReason, isByNumber: Bool, key: borrowing SecretBytes
    ) {
        self.subject = subject
        self.challenge = challenge
        self.provenAt = provenAt
        self.reason = reason
        self.isByNumber = isByNumber
        code = Self.code(subject, challenge, provenAt, reason, isByNumber, key)
    }

    /// Subject 16, challenge 16, proven at time, reason u8, by number u8, code 32.
    func write(to writer: inout ByteWriter) {
        writer.fixed(subject.bytes)
        writer.fixed(challenge)
        writer.time(provenAt)
        writer.u8(reason.rawValue)
        writer.bool(isByNumber)
        writer.fixed(code)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard let subject = SubjectID(bytes: try reader.fixed(16)) else { throw MalformedBytes() }
        self.subject = subject
        (challenge, provenAt) = (try reader.fixed(16), try reader.time())
        guard let reason = StepUpReason(rawValue: try reader.u8()) else { throw MalformedBytes() }
        self.reason = reason
        isByNumber = try reader.bool()
        code = try reader.fixed(32)
    }

    /// Whether it was made under `key`, is fresh, and is good for what is about to be done.
    package func isGood(for action: StepUpReason, at now: Timestamp, key: borrowing SecretBytes) -> Bool {
        constantTimeEquals(code, Self.code(subject, challenge, provenAt, reason, isByNumber, key)) && reason.covers(action)
            && now < provenAt + Self.lifetime
            && provenAt < now + .seconds(60)
    }

    private static func code(
        _ subject: SubjectID, _ challenge: [UInt8], _ time: Timestamp, _ reason: StepUpReason, _ isByNumber: Bool,
        _ key: borrowing SecretBytes
    ) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/step-up", key: key)
        hash.append(subject.bytes)
        hash.append(challenge)
        hash.append(UInt64(bitPattern: time.milliseconds))
        hash.append([reason.rawValue, isByNumber ? 1 : 0])
        return hash.finish()
    }
}
