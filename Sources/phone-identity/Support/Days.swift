#if Tool
    import RecordStorage

    /// Days as people write them.
    enum Days {
        /// The end, in UTC, of a day written `2027-01-31`; `nil` of what is no day.
        ///
        /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil` (the formulae, not the code).
        static func end(of text: String) -> Timestamp? {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
                let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2]), (1...12).contains(month)
            else { return nil }
            let shifted = month > 2 ? year : year - 1
            let era = (shifted >= 0 ? shifted : shifted - 399) / 400
            let yearOfEra = shifted - era * 400
            let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
            let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            let start = Timestamp(milliseconds: (era * 146_097 + dayOfEra - 719_468) * 86_400_000)
            // There is no 30th of February.
            guard start.civilDate == (year, month, day) else { return nil }
            return start + .seconds(86_400)
        }
    }
#endif
