import CryptoPrimitives
import IdentityTypes
import RecordStorage

/// Shows that a device has proven a number: given with each right code, kept in the host's cookie, brought back in ``Requester``.
///
/// With it the device draws on budgets of its own for that number, so strangers who use up the number's do not shut its owner out. It
/// proves no identity and opens nothing; for another number, or past ``life``, it is as good as none.
public struct DeviceToken: Hashable, Sendable {
    /// How long a token is good: 400 days, as long as browsers keep a cookie. Each right code brings a new one.
    public static let life: Duration = .seconds(400 * 86_400)

    /// Base 64 for addresses and cookies, without padding: 76 characters.
    public let text: String
}

extension DeviceToken: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What tells the devices of one number apart: 16 bytes, random to everybody without the key.
struct DeviceID: Hashable, Sendable {
    let bytes: [UInt8]
}

/// Makes and reads device tokens. Format: `Documentation/Formats.md`.
struct DeviceTokens: Sendable {
    private static let format: UInt8 = 1
    private static let length = 57
    private static let headLength = 25

    let deployment: DeploymentID
    let key: BudgetKey

    func token(of device: DeviceID, for tag: BudgetTag, at now: Timestamp) -> DeviceToken {
        var token = ByteWriter(capacity: Self.length)
        token.u8(Self.format)
        token.time(now)
        token.fixed(device.bytes)
        return DeviceToken(text: Base64URL.encode(token.bytes + authenticator(of: token.bytes, for: tag)))
    }

    /// The device that shows `text`, if it has proven this number; `nil` for anything else. A cookie that means nothing is no mistake
    /// of the person's.
    func device(showing text: String?, for tag: BudgetTag, at now: Timestamp) -> DeviceID? {
        guard let text, text.utf8.count == (Self.length * 4 + 2) / 3, let bytes = Base64URL.decode(text), bytes.count == Self.length
        else { return nil }
        let head = Array(bytes[..<Self.headLength])
        guard constantTimeEquals(Array(bytes[Self.headLength...]), authenticator(of: head, for: tag)) else { return nil }
        var reader = ByteReader(head)
        guard let format = try? reader.u8(), format == Self.format, let issued = try? reader.time(), now < issued + DeviceToken.life,
            let id = try? reader.fixed(16)
        else { return nil }
        return DeviceID(bytes: id)
    }

    /// The name of a device that showed none: the same however often the attempt that proved the number is asked again.
    func device(provenBy attempt: AttemptDigest, in challenge: ChallengeID) -> DeviceID {
        var hash = BLAKE2b(label: "SPNI/v1/device-id", key: key.secret, length: 16)
        hash.append(challenge.bytes)
        hash.append(attempt.bytes)
        return DeviceID(bytes: hash.finish())
    }

    private func authenticator(of head: [UInt8], for tag: BudgetTag) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/device", key: key.secret)
        hash.append(deployment.bytes)
        hash.append(tag.bytes)
        hash.append(head)
        return hash.finish()
    }
}

/// The device from which a right code came. Its token is made only when it is given out: a right code must not take longer to tell than a
/// wrong one.
struct ProvenDevice: Sendable {
    let devices: DeviceTokens
    /// What it showed, where that was good.
    let shown: DeviceID?
    let tag: BudgetTag
    let challenge: ChallengeID
    let digest: AttemptDigest
    let time: Timestamp

    var token: DeviceToken {
        devices.token(of: shown ?? devices.device(provenBy: digest, in: challenge), for: tag, at: time)
    }
}
