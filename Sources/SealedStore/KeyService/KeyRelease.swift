import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// One key that the key service let out: counted by subject, signed, and kept until it is in the host's log.
public struct KeyRelease: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        /// A message, by order of the host.
        case message = 1
        /// An owner's history, against a step-up.
        case history = 2
        /// People, under two levels of approval.
        case reveal = 3
        /// To seal a record anew, because shares of its decryption had been given out.
        case reseal = 4
    }

    public let kind: Kind
    package let subject: SubjectID
    /// 1, 2, 3 … for each subject: a gap is a release that nobody was told of.
    public let count: UInt32
    /// Of the order, proof or request. 16 bytes.
    public let order: [UInt8]
    public let purpose: PurposeCode?
    public let time: Timestamp
    /// Ed25519 by the key service, 64 bytes.
    public let signature: [UInt8]

    init(
        _ kind: Kind, subject: SubjectID, count: UInt32, order: [UInt8], purpose: PurposeCode?, time: Timestamp,
        deployment: DeploymentID, key: borrowing SigningKey
    ) {
        (self.kind, self.subject, self.count, self.order) = (kind, subject, count, order)
        (self.purpose, self.time) = (purpose, time)
        signature = key.sign(
            SignedMessage.digest("SPNI/v1/release", deployment.bytes + Self.body(kind, subject, count, order, purpose, time)))
    }

    /// Whether the key service with this public key (32 bytes) signed it.
    public func isSigned(by publicKey: [UInt8], deployment: DeploymentID) -> Bool {
        SignatureVerification.isValid(
            signature,
            of: SignedMessage.digest("SPNI/v1/release", deployment.bytes + Self.body(kind, subject, count, order, purpose, time)),
            by: publicKey)
    }

    /// Kind u8, subject 16, count u32, order 16, purpose u16 (0: none), time.
    private static func body(
        _ kind: Kind, _ subject: SubjectID, _ count: UInt32, _ order: [UInt8], _ purpose: PurposeCode?, _ time: Timestamp
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: 112)
        writer.u8(kind.rawValue)
        writer.fixed(subject.bytes)
        writer.u32(count)
        writer.fixed(order)
        writer.u16(purpose?.rawValue ?? 0)
        writer.time(time)
        return writer.bytes
    }

    /// u8 1, the signed fields 47, signature 64.
    package var encoded: [UInt8] { [1] + Self.body(kind, subject, count, order, purpose, time) + signature }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == 1, let kind = Kind(rawValue: try reader.u8()), let subject = SubjectID(bytes: try reader.fixed(16)) else {
            throw MalformedBytes()
        }
        (self.kind, self.subject, count, order) = (kind, subject, try reader.u32(), try reader.fixed(16))
        let code = try reader.u16()
        purpose = PurposeCode(rawValue: code)
        guard code == 0 || purpose != nil else { throw MalformedBytes() }
        (time, signature) = (try reader.time(), try reader.fixed(64))
    }

    /// Its name in the key service's store, in time order within a partition.
    var row: [UInt8] {
        var writer = ByteWriter()
        writer.time(time)
        writer.fixed(order)
        writer.u8(kind.rawValue)
        return writer.bytes
    }

    /// By which the host takes it into its log once: BLAKE2b-128.
    package var id: [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/release-id", length: 16)
        hash.append(Self.body(kind, subject, count, order, purpose, time))
        return hash.finish()
    }
}
