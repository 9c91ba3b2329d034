/// What the number of digits alone says about a number.
///
/// Cheaper and more lenient than validity: it lets through ranges that were assigned after the metadata was made.
public enum Possibility: UInt8, Sendable, Hashable, CaseIterable {
    /// As long as numbers of its country calling code are.
    case possible
    /// As long as what can be dialled within an area only, without the area code.
    case possibleLocally
    case tooShort
    case tooLong
    /// Between the shortest and the longest, but no number is as long as this.
    case invalidLength

    /// Whether the number could be dialled from somewhere.
    public var isPossible: Bool { self == .possible || self == .possibleLocally }
}
