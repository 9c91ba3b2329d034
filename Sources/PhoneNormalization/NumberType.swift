/// The kind of line a valid number leads to, as far as its digits tell.
public enum NumberType: UInt8, Sendable, Hashable, CaseIterable {
    // The order is that of the bits in the number automaton's outputs: the order in which libphonenumber asks.
    case premiumRate
    case tollFree
    /// The caller and the called share the cost.
    case sharedCost
    case voip
    /// Routed to whichever line its holder wants.
    case personalNumber
    case pager
    /// A universal access number: one number for a company's many lines.
    case universalAccess
    /// Where a mailbox is listened to.
    case voicemail
    /// The plan does not tell fixed lines and mobiles apart, as in North America.
    case fixedLineOrMobile
    case fixedLine
    case mobile
    /// Not valid, so of no kind.
    case unknown
}
