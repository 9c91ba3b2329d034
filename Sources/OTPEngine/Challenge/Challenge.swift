import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// What a code proves possession for. The purposes of ``IdentityTypes/PurposeCode`` that a code can serve.
public enum ChallengePurpose: UInt16, Hashable, Sendable, CaseIterable {
    case verification = 1
    case accountRecovery = 2
    case stepUpVerification = 20

    public var code: PurposeCode {
        switch self {
        case .verification: .verification
        case .accountRecovery: .accountRecovery
        case .stepUpVerification: .stepUpVerification
        }
    }
}

/// The name of a challenge: 16 bytes, random but for the first two, which are the budget tag's, so that both share a partition.
public struct ChallengeID: Hashable, Sendable {
    let value: Bytes16

    /// 16 bytes.
    public var bytes: [UInt8] { value.bytes }

    init(_ value: Bytes16) { self.value = value }

    package init(_ bytes: [UInt8]) {
        guard let value = Bytes16(bytes) else { preconditionFailure("A challenge's id has 16 bytes.") }
        self.value = value
    }

    package init(of tag: BudgetTag, random: some RandomSource) {
        self.init(Array(tag.bytes.prefix(2)) + random.bytes(14))
    }
}

/// What an attempt is recognised by when it is asked again: 16 bytes, chosen at random by the client before its first try.
public struct AttemptID: Hashable, Sendable {
    let value: Bytes16

    /// 16 bytes.
    public var bytes: [UInt8] { value.bytes }

    /// `nil` unless there are 16 bytes.
    public init?(bytes: [UInt8]) {
        guard let value = Bytes16(bytes) else { return nil }
        self.value = value
    }

    public init(random: some RandomSource) {
        value = Bytes16(random: random)
    }
}

/// Stands for a requester's session in a row: 32 bytes, `BLAKE2b-256(LP("SPNI/v1/otp-binding") LP(session))`.
package struct RequesterBinding: Hashable, Sendable {
    let value: Bytes32

    package var bytes: [UInt8] { value.bytes }

    init(_ value: Bytes32) { self.value = value }

    package init(_ requester: Requester) throws(OTPError) {
        guard (1...256).contains(requester.session.count) else {
            throw OTPError(.requesterInvalid, "A session binding has 1 to 256 bytes; give the bytes that stand for the host's session.")
        }
        value = BLAKE2b.digest32(label: "SPNI/v1/otp-binding") { $0.append(requester.session) }
    }
}

/// An attempt with the code it submitted, in 16 bytes that tell neither.
package struct AttemptDigest: Hashable, Sendable {
    let value: Bytes16

    package var bytes: [UInt8] { value.bytes }

    init(_ value: Bytes16) { self.value = value }

    package init(bytes: [UInt8]) {
        guard let value = Bytes16(bytes) else { preconditionFailure("A digest has 16 bytes.") }
        self.value = value
    }
}

/// 32 random bytes without which a challenge's token cannot be opened. They die with the challenge.
package struct RowSecret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let value: Bytes32

    init(_ value: Bytes32) { self.value = value }

    package init(random: some RandomSource) {
        value = Bytes32(random: random)
    }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// How often a challenge's code was sent and tried.
public struct ChallengeCounts: Hashable, Sendable {
    public let sends: Int
    public let guesses: Int

    /// For the public part of the challenge's entry: what anybody may recount.
    package var leafClass: UInt8 { UInt8(clamping: guesses) }

    /// For the entry of the challenge: also by which method, and why.
    package func details(_ method: MethodKind, _ reason: StepUpReason?) -> [AuditEvent.Detail] {
        let details: [AuditEvent.Detail] = [.init("sends", sends), .init("guesses", guesses), .init("method", method.rawValue)]
        return details + (reason.map { [.init("reason", "\($0)")] } ?? [])
    }
}

/// A challenge as its row holds it. Its code is nowhere: it is derived when it is sent and when it is compared.
package struct Challenge: Hashable, Sendable {
    /// A guess that has been paid for.
    package struct PaidGuess: Hashable, Sendable {
        package let digest: AttemptDigest
        package let time: Timestamp
        package let payer: GuessPayer
    }

    package enum State: Hashable, Sendable {
        case live(RowSecret)
        /// Kept until expiry, so that the winning attempt gets its answer again.
        case completed(by: AttemptDigest, outcome: [UInt8])
    }

    package let id: ChallengeID
    package let purpose: ChallengePurpose
    package let subject: SubjectID?
    package let binding: RequesterBinding
    /// `false` for a decoy: everything happens as for any other, and no code is ever right.
    package let isDeliverable: Bool
    /// How the person answers; no other way will do.
    package let method: MethodKind
    /// Why they are asked, where there is a reason.
    package let reason: StepUpReason?
    package let codeKeyID: UInt32
    package var generation: UInt32
    /// Of its code; 0 where the answer is no code of ours.
    package var digits: Int
    package let tries: Int
    package let created: Timestamp
    package let expires: Timestamp
    package var sends: Int
    package var paid: [PaidGuess]
    package var state: State

    package var triesLeft: Int { tries - paid.count }
    package var counts: ChallengeCounts { ChallengeCounts(sends: sends, guesses: paid.count) }

    package var isCompleted: Bool {
        if case .completed = state { true } else { false }
    }

    package func payment(of digest: AttemptDigest) -> PaidGuess? {
        paid.first { $0.digest == digest }
    }

    /// Hosts' clocks may differ by a minute; a clock further back than that has been set back, and gives no code a second life.
    package func hasExpired(at now: Timestamp) -> Bool {
        now >= expires || now < created - .seconds(60)
    }

    /// When the sweeper may take it: at once after expiry when completed, else an hour late.
    package var sweepable: Timestamp {
        isCompleted ? expires : expires + .seconds(3600)
    }
}
