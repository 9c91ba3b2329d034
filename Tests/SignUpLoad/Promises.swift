#if SQLite
    import AuditLog
    import CryptoPrimitives
    import IdentityTypes
    import RecordStorage

    /// What processes printed before they ended, however they ended.
    struct Promises {
        struct Outcome {
            let index: Int
            /// `nil` where the answer held none.
            let pseudonym: Pseudonym?
            /// When it was printed.
            let time: Timestamp
        }

        /// A checkpoint that was there for all to see.
        struct Seen {
            let head: TreeHead
            let time: Timestamp
        }

        private(set) var enrolled: [Outcome] = []
        private(set) var already: [Outcome] = []
        private(set) var checkpoints: [Seen] = []
        /// What no process may say.
        private(set) var complaints: [String] = []

        /// - Parameter lines: `enrolled INDEX PSEUDONYM TIME`, `already INDEX PSEUDONYM|- TIME`, `checkpoint SIZE ROOT TIME`, `trying INDEX`.
        init(_ lines: [String]) {
            for line in lines {
                let words = line.split(separator: " ").map(String.init)
                switch (words[0], words.count) {
                case ("enrolled", 4): enrolled.append(Outcome(words))
                case ("already", 4): already.append(Outcome(words))
                case ("checkpoint", 4):
                    let head = TreeHead(size: UInt64(words[1])!, root: Base64.decode(words[2])!)
                    checkpoints.append(Seen(head: head, time: Timestamp(milliseconds: Int64(words[3])!)))
                case ("trying", 2), ("ready", 1): break
                default: complaints.append(line)
                }
            }
        }
    }

    extension Promises.Outcome {
        fileprivate init(_ words: [String]) {
            self.init(
                index: Int(words[1])!, pseudonym: Pseudonym(rawValue: words[2]), time: Timestamp(milliseconds: Int64(words[3])!))
        }
    }
#endif
