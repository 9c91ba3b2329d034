import OTPEngine
import RecordStorage

/// Names a challenge to a support desk: what a person reads out who got no code. It completes nothing, and leads to no number.
public struct ChallengeReference: Hashable, Sendable, CustomStringConvertible {
    /// 26 lower-case letters and digits `2` to `7`.
    public let text: String
    let challenge: [UInt8]

    public var description: String { text }

    /// - Parameter text: as it was read out: hyphens, spaces and capitals do not matter.
    /// - Returns: `nil` for anything else.
    public init?(_ text: String) {
        let letters = text.lowercased().filter { $0 != " " && $0 != "-" }
        guard let bytes = Base32.decode(letters), bytes.count == 16 else { return nil }
        (self.text, challenge) = (letters, bytes)
    }

    init(_ id: ChallengeID) {
        (text, challenge) = (Base32.encode(id.bytes), id.bytes)
    }
}
