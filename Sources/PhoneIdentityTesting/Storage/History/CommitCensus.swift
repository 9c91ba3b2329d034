import RecordStorage

/// The commits of a history, and which of them have landed as far as it tells.
struct CommitCensus {
    /// One commit, however often it was sent.
    struct Commit {
        let changes: [RecordChange]
        var outcome: RecordHistory.Outcome
        var began: Int
        /// `Int.max` unless it was answered for certain.
        var ended: Int
        /// Its place in the history.
        var operation: Int
        var hasLanded = false
    }

    private struct Written: Hashable {
        let key: RecordKey
        let version: RecordVersion
    }

    private(set) var commits: [Commit] = []
    private var writers: [Written: (commit: Int, change: Int)] = [:]
    private var seen: Set<Written> = []
    /// Keys by partition and collection, in order: what a range is asked about.
    private(set) var keys: [RecordRange: [RecordKey]] = [:]

    init(_ history: RecordHistory) throws(HistoryViolation) {
        for (place, operation) in history.operations.enumerated() {
            guard case .commit(let changes, let outcome) = operation.call else { continue }
            let ended = outcome == .unknown ? Int.max : operation.ended
            try add(Commit(changes: changes, outcome: outcome, began: operation.began, ended: ended, operation: place))
        }
        for commit in commits.indices where commits[commit].outcome == .made { try land(commit) }
        for (place, operation) in history.operations.enumerated() {
            switch operation.call {
            case .read(let keys, let answer):
                guard keys.count == answer.count else {
                    throw malformed(place, "was asked for \(keys.count) keys and gave \(answer.count) answers")
                }
                for (key, record) in zip(keys, answer) {
                    guard let record else { continue }
                    guard record.key == key else { throw malformed(place, "gave a record of \(record.key.shown) for \(key.shown)") }
                    try see(record, in: place)
                }
            case .range(let range, let limit, let answer):
                try checkForm(of: answer, range, limit, place)
                for record in answer { try see(record, in: place) }
            case .commit: break
            }
        }
        var found: [RecordRange: Set<RecordKey>] = [:]
        for written in writers.keys {
            found[RecordRange(partition: written.key.partition, collection: written.key.collection), default: []].insert(written.key)
        }
        keys = found.mapValues { $0.sorted() }
    }

    /// Whether a put of a commit was read, or was expected by a commit that landed.
    func wasSeen(_ change: RecordChange) -> Bool {
        guard case .put(let key, _, let version, _, _) = change else { return false }
        return seen.contains(Written(key: key, version: version))
    }

    /// Whether what a commit does to `key` was never seen, and what it does to another key was.
    func isHalf(_ commit: Int, without key: RecordKey) -> Bool {
        commits[commit].changes.allSatisfy { $0.key != key || !wasSeen($0) } && commits[commit].changes.contains { wasSeen($0) }
    }

    private mutating func add(_ commit: Commit) throws(HistoryViolation) {
        let puts = commit.changes.enumerated().compactMap { place, change in
            if case .put(let key, _, let version, _, _) = change { (place, Written(key: key, version: version)) } else { nil }
        }
        if let first = puts.first, let earlier = writers[first.1]?.commit, commits[earlier].changes == commit.changes {
            return try merge(commit, into: earlier)
        }
        commits.append(commit)
        for (place, written) in puts {
            if let earlier = writers[written]?.commit, !commits[earlier].isRefused {
                if commit.isRefused { continue }
                throw HistoryViolation(
                    kind: .reusedVersion, operations: [commits[earlier].operation, commit.operation],
                    reason:
                        "commits \(commits[earlier].operation) and \(commit.operation) both put version \(written.version.shown) at \(written.key.shown)."
                )
            }
            writers[written] = (commits.count - 1, place)
        }
    }

    /// The same commit, sent again.
    private mutating func merge(_ commit: Commit, into earlier: Int) throws(HistoryViolation) {
        switch (commits[earlier].outcome, commit.outcome) {
        case (.made, .made):
            throw HistoryViolation(
                kind: .lostUpdate, operations: [commits[earlier].operation, commit.operation],
                reason:
                    "commits \(commits[earlier].operation) and \(commit.operation) are the same one, sent again, and both were acknowledged."
            )
        case (.unknown, .unknown): commits[earlier].began = min(commits[earlier].began, commit.began)
        case (.refused, .unknown), (.refused, .made), (.unknown, .made): commits[earlier] = commit
        default: break
        }
    }

    /// Takes a commit for landed, and with it those whose versions it expects.
    private mutating func land(_ first: Int) throws(HistoryViolation) {
        var waiting = [first]
        while let place = waiting.popLast() {
            guard !commits[place].hasLanded else { continue }
            commits[place].hasLanded = true
            for change in commits[place].changes {
                guard let version = change.expectedVersion else { continue }
                let written = Written(key: change.key, version: version)
                let commit = commits[place].operation
                guard let writer = writers[written] else {
                    throw HistoryViolation(
                        kind: .unknownVersion, operations: [commit],
                        reason:
                            "commit \(commit) was made, and expects version \(version.shown) at \(change.key.shown), which no commit put.")
                }
                seen.insert(written)
                try demandNotRefused(writer.commit, written, "commit \(commit), which expects it, was made", commit)
                waiting.append(writer.commit)
            }
        }
    }

    private mutating func see(_ record: StoredRecord, in operation: Int) throws(HistoryViolation) {
        let written = Written(key: record.key, version: record.version)
        guard let writer = writers[written] else {
            throw HistoryViolation(
                kind: .unknownVersion, operations: [operation],
                reason: "read \(operation) returned version \(record.version.shown) of \(record.key.shown), which no commit put.")
        }
        try demandNotRefused(writer.commit, written, "read \(operation) returned it", operation)
        guard case .put(_, _, _, let value, let expiresAt) = commits[writer.commit].changes[writer.change],
            value == record.value, expiresAt == record.expiresAt
        else {
            throw malformed(
                operation, "returned version \(record.version.shown) of \(record.key.shown) with another value or expiry than was put")
        }
        seen.insert(written)
        try land(writer.commit)
    }

    private func demandNotRefused(_ commit: Int, _ written: Written, _ proof: String, _ operation: Int) throws(HistoryViolation) {
        guard case .refused(let code) = commits[commit].outcome else { return }
        throw HistoryViolation(
            kind: .refusedCommitLanded, operations: [commits[commit].operation, operation],
            reason: "commit \(commits[commit].operation) threw \(code.rawValue), and its version \(written.version.shown) "
                + "of \(written.key.shown) is there: \(proof).")
    }

    private func checkForm(of answer: [StoredRecord], _ range: RecordRange, _ limit: Int, _ place: Int) throws(HistoryViolation) {
        guard answer.count <= max(limit, 0) else { throw malformed(place, "has \(answer.count) records of at most \(limit)") }
        var last = range.after
        for record in answer {
            guard record.key.partition == range.partition, record.key.collection == range.collection else {
                throw malformed(place, "has \(record.key.shown), of another partition or collection")
            }
            guard last.map({ $0.lexicographicallyPrecedes(record.key.row) }) ?? true else {
                throw malformed(place, "has \(record.key.shown) out of order, or twice")
            }
            last = record.key.row
        }
    }

    private func malformed(_ operation: Int, _ what: String) -> HistoryViolation {
        HistoryViolation(kind: .malformedAnswer, operations: [operation], reason: "read \(operation) \(what).")
    }
}

extension CommitCensus.Commit {
    var isRefused: Bool {
        if case .refused = outcome { true } else { false }
    }
}
