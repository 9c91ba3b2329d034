#if Tool
    import RecordStorage
    import SealedStore

    /// Whom a roster names: a line `CARD; powers; trained=DAY; vetted=DAY` for each person.
    ///
    /// Powers are `request`, `open`, both with a comma, or none. A day, such as `2027-01-31`, is the last on which training or vetting
    /// holds, in UTC. A card's path starts from the file's directory. Empty lines and those that begin with `#` say nothing.
    enum PersonsFile {
        static func read(_ path: String) throws -> [Roster.Person] {
            let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            var persons: [Roster.Person] = []
            for (index, line) in try Files.text(of: path).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let line = trimmed(line)
                if line.isEmpty || line.hasPrefix("#") { continue }
                do { persons.append(try person(line, directory)) } catch let error as Refusal {
                    throw Refusal("\(path), line \(index + 1): \(error.reason)", code: error.code)
                }
            }
            return persons
        }

        private static func person(_ line: Substring, _ directory: String) throws -> Roster.Person {
            let fields = line.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
            guard fields.count == 4, let trained = day(fields[2], "trained="), let vetted = day(fields[3], "vetted=") else {
                throw Refusal("A line is `CARD; request,open; trained=2027-01-31; vetted=2027-06-30`.")
            }
            let powers = Set(fields[1].split(separator: ",").map(trimmed))
            guard powers.isSubset(of: ["request", "open"]) else { throw Refusal("Powers are `request` and `open`, or none.") }
            let path = fields[0].hasPrefix("/") ? String(fields[0]) : directory + fields[0]
            return Roster.Person(
                try Cards.read(path), mayRequest: powers.contains("request"), mayOpen: powers.contains("open"), trainedUntil: trained,
                vettedUntil: vetted)
        }

        private static func day(_ field: Substring, _ name: String) -> Timestamp? {
            field.hasPrefix(name) ? Days.end(of: String(field.dropFirst(name.count))) : nil
        }

        private static func trimmed(_ text: Substring) -> Substring {
            let start = text.drop { $0.isWhitespace }
            return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
        }
    }
#endif
