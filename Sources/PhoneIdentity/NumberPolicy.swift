import Messaging
public import PhoneNormalization

/// Which numbers may sign up, and how a code reaches them.
public struct NumberPolicy: Hashable, Sendable {
    /// Kinds of line that are refused: those that are no person's own, and those that cost the caller.
    public var refusedTypes: Set<NumberType> = [
        .premiumRate, .sharedCost, .tollFree, .universalAccess, .pager, .voicemail, .unknown, .voip,
    ]
    /// Only these regions; `nil` takes all.
    public var regions: Set<Region>?

    public init() {}

    /// - Throws: ``IdentityError`` with code `.numberNotValid`, `.lineTypeRefused` or `.regionRefused`.
    func check(_ number: PhoneNumber) throws(IdentityError) -> OutboundMessage.Channel {
        guard number.isValid else {
            throw IdentityError(.numberNotValid, "No numbering plan assigns this number; check it, and the country it is from.")
        }
        guard number.extensionDigits == nil, !refusedTypes.contains(number.type) else {
            throw .lineTypeRefused
        }
        if let regions {
            guard let region = number.region, regions.contains(region) else {
                throw IdentityError(.regionRefused, "This service does not take numbers from that country.")
            }
        }
        return number.type == .fixedLine ? .voice : .sms
    }
}
