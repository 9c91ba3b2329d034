public import IdentityTypes
import RecordStorage

/// The public part of an entry, 59 bytes: what the transparency report counts, and a commitment that hides the rest.
///
/// Layout, all big-endian: version u8 = 1, event id 16, action u16, purpose u16 (0: none), month u32
/// (year × 12 + month − 1), approval tier u8, delay class or guesses u8, commitment 32.
public struct AuditLeaf: Hashable, Sendable {
    /// Bytes of a leaf.
    public static let length = 59
    private static let version: UInt8 = 1

    /// 16 random bytes.
    public let id: [UInt8]
    public let action: AuditAction
    public let purpose: PurposeCode?
    /// Months since the year 0: year × 12 + month − 1, in UTC.
    public let month: UInt32
    public let approvalTier: UInt8
    /// Of a decision: how long it took, coarsely. Of a challenge's end: ``guesses``.
    public let delayClass: UInt8
    /// 32 bytes; see `EntryOpening.commitment`.
    public let commitment: [UInt8]

    package init(_ event: AuditEvent, commitment: [UInt8]) {
        let (year, month, _) = event.time.civilDate
        id = event.id
        action = event.action
        purpose = event.purpose
        self.month = UInt32(clamping: year * 12 + month - 1)
        approvalTier = event.approvalTier
        delayClass = event.delayClass
        self.commitment = commitment
    }

    /// - Throws: ``AuditError`` with code `.malformed`.
    public init(bytes: [UInt8]) throws(AuditError) {
        do throws(MalformedBytes) {
            var reader = ByteReader(bytes)
            try self.init(from: &reader)
            try reader.finish()
        } catch {
            throw AuditError(.malformed, "An entry has not the format of version 1, or names an action or purpose unknown to this version.")
        }
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == Self.version else { throw MalformedBytes() }
        id = try reader.fixed(16)
        guard let action = AuditAction(rawValue: try reader.u16()) else { throw MalformedBytes() }
        self.action = action
        let code = try reader.u16()
        purpose = PurposeCode(rawValue: code)
        guard code == 0 || purpose != nil else { throw MalformedBytes() }
        month = try reader.u32()
        approvalTier = try reader.u8()
        delayClass = try reader.u8()
        commitment = try reader.fixed(32)
    }

    /// The 59 bytes that are hashed into the tree.
    public var bytes: [UInt8] {
        var writer = ByteWriter(capacity: Self.length)
        writer.u8(Self.version)
        writer.fixed(id)
        writer.u16(action.rawValue)
        writer.u16(purpose?.rawValue ?? 0)
        writer.u32(month)
        writer.u8(approvalTier)
        writer.u8(delayClass)
        writer.fixed(commitment)
        return writer.bytes
    }

    /// How many guesses were evaluated in the challenge that ended with this entry; `nil` of any other entry.
    public var guesses: Int? { action.endsChallenge ? Int(delayClass) : nil }

    /// The month as the report writes it, such as `2026-11`.
    public var monthText: String {
        let number = month % 12 + 1
        return "\(month / 12)-\(number < 10 ? "0" : "")\(number)"
    }
}
