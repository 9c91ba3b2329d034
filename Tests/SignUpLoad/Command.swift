#if SQLite
    import RecordStorage

    struct WrongUse: Error {}

    /// The words and options of the command line.
    struct Command {
        let name: String
        let state: String
        let keys: String
        /// After the two directories.
        let words: [String]
        let options: [String: String]

        init(_ arguments: some Sequence<String>) throws(WrongUse) {
            var words: [String] = []
            var options: [String: String] = [:]
            var iterator = arguments.makeIterator()
            while let word = iterator.next() {
                if word == "--wait" || word == "--persist" {
                    options[word] = ""
                } else if word.hasPrefix("--") {
                    guard let value = iterator.next() else { throw WrongUse() }
                    options[word] = value
                } else {
                    words.append(word)
                }
            }
            guard words.count >= 3 else { throw WrongUse() }
            (name, state, keys) = (words[0], words[1], words[2])
            self.words = Array(words.dropFirst(3))
            self.options = options
        }

        func number(_ option: String) -> Int? { options[option].flatMap { Int($0) } }

        /// Lines of a file. One that a crash cut says nothing.
        func lines(of path: String) throws -> [String] {
            let text = String(decoding: try DurableFile.contents(of: path) ?? [], as: UTF8.self)
            let whole = text.lastIndex(of: "\n").map { text[..<$0] } ?? ""
            return whole.split(separator: "\n").map(String.init)
        }

        /// Several processes begin together: each is told when all are open.
        func waitForStart() {
            guard options["--wait"] != nil else { return }
            say("ready")
            _ = readLine()
        }

        func linger() async throws {
            try await SystemTimeSource().sleep(for: .milliseconds(number("--linger") ?? 0))
        }
    }
#endif
