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

    /// Base 64 for addresses and cookies, without padding: 55 characters.
    public let text: String
}

extension DeviceToken: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Makes and reads device tokens. Format: `Documentation/Formats.md`.
///
/// A token names no device: all that have proven a number share one budget, so that proving it again and again makes no budget larger.
struct DeviceTokens: Sendable {
    private static let format: UInt8 = 1
    private static let headLength = 9
    private static let codeLength = 16
    private static let length = headLength + 2 * codeLength

    let deployment: DeploymentID
    let key: BudgetKey

    func token(for tag: BudgetTag, at now: Timestamp) -> DeviceToken {
        var head = ByteWriter(capacity: Self.length)
        head.u8(Self.format)
        head.time(now)
        return DeviceToken(text: Base64URL.encode(head.bytes + code(of: head.bytes) + code(of: head.bytes, for: tag)))
    }

    /// Whether `text` is a token of this number's. A cookie that means nothing is no mistake of the person's.
    func isKnown(_ text: String?, for tag: BudgetTag, at now: Timestamp) -> Bool {
        guard let bytes = decoded(text, at: now) else { return false }
        return constantTimeEquals(
            Array(bytes[(Self.headLength + Self.codeLength)...]), code(of: Array(bytes[..<Self.headLength]), for: tag))
    }

    /// Whether `text` is a token of this deployment's, of whichever number: what can be told before anything is computed for a number.
    func isOurs(_ text: String?, at now: Timestamp) -> Bool {
        guard let bytes = decoded(text, at: now) else { return false }
        return constantTimeEquals(
            Array(bytes[Self.headLength..<Self.headLength + Self.codeLength]), code(of: Array(bytes[..<Self.headLength])))
    }

    private func decoded(_ text: String?, at now: Timestamp) -> [UInt8]? {
        guard let text, text.utf8.count == (Self.length * 4 + 2) / 3, let bytes = Base64URL.decode(text), bytes.count == Self.length
        else { return nil }
        var reader = ByteReader(bytes)
        guard let format = try? reader.u8(), format == Self.format, let issued = try? reader.time(), now < issued + DeviceToken.life else {
            return nil
        }
        return bytes
    }

    private func code(of head: [UInt8], for tag: BudgetTag? = nil) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/device", key: key.secret, length: Self.codeLength)
        hash.append(deployment.bytes)
        hash.append(tag?.bytes ?? [])
        hash.append(head)
        return hash.finish()
    }
}

/// The device from which a right code came. Its token is made only when it is given out: a right code must not take longer to tell than a
/// wrong one.
struct ProvenDevice: Sendable {
    let devices: DeviceTokens
    let tag: BudgetTag
    let time: Timestamp

    var token: DeviceToken { devices.token(for: tag, at: time) }
}
