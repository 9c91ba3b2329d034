public import IdentityTypes
public import RecordStorage

/// How a decision reached the service.
public enum ConsentMethod: UInt8, Hashable, Sendable, CaseIterable {
    /// A box of its own, ticked while signing up.
    case signUpForm = 1
    /// A switch in the settings.
    case settings = 2
    /// A reply to a message, such as STOP.
    case message = 3
    /// Told to a person who recorded it.
    case spoken = 4
}

/// What a person decides about one purpose, with the words they were shown.
public struct ConsentDecision: Hashable, Sendable {
    public var purpose: PurposeCode
    /// `true` agrees, `false` refuses.
    public var isGiven: Bool
    public var notice: Notice
    public var method: ConsentMethod
    /// The law it is under, such as `EU` or `US-CA`; 2 to 16 bytes.
    public var jurisdiction: String?
    /// When to ask again; the consent counts no more from then on.
    public var expiresAt: Timestamp?

    public init(
        _ purpose: PurposeCode, isGiven: Bool, notice: Notice, method: ConsentMethod, jurisdiction: String? = nil,
        expiresAt: Timestamp? = nil
    ) {
        self.purpose = purpose
        self.isGiven = isGiven
        self.notice = notice
        self.method = method
        self.jurisdiction = jurisdiction
        self.expiresAt = expiresAt
    }
}

/// Where one purpose stands for one person now.
public struct ConsentState: Hashable, Sendable {
    public enum Standing: UInt8, Hashable, Sendable {
        case given = 1
        case refused = 2
        case withdrawn = 3
    }

    public let purpose: PurposeCode
    public let standing: Standing
    /// The notice of the decision; a withdrawal keeps that of the consent it ends.
    public let notice: NoticeReference
    public let method: ConsentMethod
    public let jurisdiction: String?
    public let decidedAt: Timestamp
    public let expiresAt: Timestamp?

    /// Whether the number may be used for this purpose at `now`.
    public func isInForce(at now: Timestamp) -> Bool {
        standing == .given && expiresAt.map { now < $0 } ?? true
    }

    /// By a message, as it was given before.
    func givenAgain(at now: Timestamp) -> ConsentState {
        ConsentState(
            purpose: purpose, standing: .given, notice: notice, method: .message, jurisdiction: jurisdiction, decidedAt: now,
            expiresAt: expiresAt)
    }

    func withdrawn(at now: Timestamp, method: ConsentMethod) -> ConsentState {
        ConsentState(
            purpose: purpose, standing: .withdrawn, notice: notice, method: method, jurisdiction: jurisdiction, decidedAt: now,
            expiresAt: expiresAt)
    }
}

/// A person's row: where every purpose stands that was ever decided.
///
/// Version u8 = 1, count u8, then for each: purpose u16, standing u8, method u8, decided at i64, expires at (u8, i64), jurisdiction
/// (u8, LP), notice id LP, version LP, language LP, text digest 32.
package struct ConsentSheet: Hashable, Sendable {
    package private(set) var states: [ConsentState] = []

    init() {}

    mutating func set(_ state: ConsentState) {
        states.removeAll { $0.purpose == state.purpose }
        states.append(state)
        states.sort { $0.purpose.rawValue < $1.purpose.rawValue }
    }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        writer.u8(UInt8(states.count))
        for state in states {
            writer.u16(state.purpose.rawValue)
            writer.u8(state.standing.rawValue)
            writer.u8(state.method.rawValue)
            writer.time(state.decidedAt)
            writer.optional(state.expiresAt) { $0.time($1) }
            writer.optional(state.jurisdiction) { $0.prefixed($1) }
            state.notice.write(to: &writer)
        }
        return writer.bytes
    }

    /// Refuses a purpose that is not in the closed set or that nobody is asked about, one that stands twice, and lengths that
    /// ``ConsentRecords`` does not write.
    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == 1 else { throw MalformedBytes() }
        for _ in 0..<(try reader.u8()) {
            guard let purpose = PurposeCode(rawValue: try reader.u16()), purpose.needsConsent,
                states.last.map({ $0.purpose.rawValue < purpose.rawValue }) ?? true,
                let standing = ConsentState.Standing(rawValue: try reader.u8()), let method = ConsentMethod(rawValue: try reader.u8())
            else { throw MalformedBytes() }
            let decidedAt = try reader.time()
            let expiresAt = try reader.optional { reader throws(MalformedBytes) in try reader.time() }
            let jurisdiction = try reader.optional { reader throws(MalformedBytes) in try reader.text(atMost: 16) }
            guard (jurisdiction?.utf8.count ?? 2) >= 2 else { throw MalformedBytes() }
            states.append(
                ConsentState(
                    purpose: purpose, standing: standing, notice: try NoticeReference(from: &reader), method: method,
                    jurisdiction: jurisdiction, decidedAt: decidedAt, expiresAt: expiresAt))
        }
    }
}
