/// Finds the phone numbers in a text, one after the other, as they are asked for.
///
/// ```swift
/// for match in PhoneNumberFinder(in: "Call +41 44 668 18 00 or (201) 555-0123.", region: "US") {
///     print(match.range, match.number)
/// }
/// ```
///
/// Numbers with letters, such as 1-800-FLOWERS, are not found.
/// Source: libphonenumber, `PhoneNumberMatcher`.
public struct PhoneNumberFinder: Sequence, Sendable {
    /// How much has to speak for a number.
    public enum Leniency: UInt8, Sendable, Hashable, Comparable, CaseIterable {
        /// The number of digits is possible.
        case possible
        /// The number is valid, no letters touch it, and where numbers are written with a national prefix it has one.
        case valid
        /// Also, no group of digits that belongs together is torn apart.
        case strictGrouping
        /// Also, the groups are those people write, or all digits are one block.
        case exactGrouping

        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// A number and where it stands.
    public struct Match: Sendable, Hashable {
        public let number: PhoneNumber
        public let range: Range<String.Index>
    }

    /// What is searched, as contiguous UTF-8.
    public let text: String
    let region: Region?
    let leniency: Leniency
    let maximumTries: Int

    /// - Parameters:
    ///   - text: any text of any length; the time to search all of it is proportional to that.
    ///   - region: where a number without country calling code would be dialled from; nil for none of those.
    ///   - leniency: how much has to speak for a number.
    ///   - maximumTries: how many texts that look like numbers and are none end the search, 0 or more.
    public init(in text: String, region: Region?, leniency: Leniency = .valid, maximumTries: Int = 65_535) {
        var text = text
        text.makeContiguousUTF8()
        self.text = text
        self.region = region
        self.leniency = leniency
        self.maximumTries = maximumTries
    }

    public func makeIterator() -> Iterator { Iterator(self) }

    /// Searches on from the last match.
    public struct Iterator: IteratorProtocol {
        private let finder: PhoneNumberFinder
        private var offset = 0
        private var tries: Int

        init(_ finder: PhoneNumberFinder) {
            self.finder = finder
            tries = finder.maximumTries
        }

        public mutating func next() -> Match? {
            var text = finder.text
            let found = text.withUTF8 { bytes in
                var search = Search(
                    text: Text(bytes), region: finder.region, leniency: finder.leniency, triesLeft: tries)
                defer { tries = search.triesLeft }
                return search.next(from: offset)
            }
            guard let (number, range) = found else { return nil }
            offset = range.upperBound
            let utf8 = finder.text.utf8
            let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
            return Match(number: number, range: start..<utf8.index(start, offsetBy: range.count))
        }
    }
}

extension PhoneNumberFinder: CustomStringConvertible, CustomReflectable {
    /// How much is searched, and none of it.
    public var description: String { "PhoneNumberFinder(\(text.utf8.count) bytes)" }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension PhoneNumberFinder.Iterator: CustomStringConvertible, CustomReflectable {
    public var description: String { "PhoneNumberFinder.Iterator" }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
