internal import CPhoneMetadata

extension PhoneNumber {
    /// Identifiers of the IANA time zone database, such as `Europe/Zurich`, in alphabetical order.
    ///
    /// Nothing but a number inside: each identifier becomes a `String` when it is asked for.
    public struct TimeZones: RandomAccessCollection, Sendable, Hashable {
        /// Where the zones begin and end in the table of lists.
        private let range: Range<Int>

        /// - Precondition: `list` comes from the generated tables.
        init(list: Int) {
            let starts = phone_table_zone_list_starts()
            range = Int(starts[list])..<Int(starts[list + 1])
        }

        public var startIndex: Int { 0 }
        public var endIndex: Int { range.count }

        public subscript(position: Int) -> String {
            precondition(position >= 0 && position < range.count, "There is no time zone at this position.")
            let zone = Int(phone_table_zone_lists()[range.lowerBound + position])
            let starts = phone_table_zone_name_starts()
            let name = UnsafeBufferPointer(
                start: phone_table_zone_names() + Int(starts[zone]), count: Int(starts[zone + 1]) - Int(starts[zone]))
            return String(decoding: name, as: UTF8.self)
        }
    }
}

extension PhoneNumber.TimeZones: CustomStringConvertible {
    public var description: String { "[\(joined(separator: ", "))]" }
}
