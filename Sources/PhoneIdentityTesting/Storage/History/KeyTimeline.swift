import RecordStorage

/// What a history tells of one key.
struct KeyTimeline {
    /// A commit or a read as one key sees it.
    struct Event {
        enum Kind {
            case write(commit: Int)
            case check(commit: Int)
            case read
        }

        let kind: Kind
        let began: Int
        let ended: Int
        /// Its place in the history.
        let operation: Int
    }

    /// A read that found nothing.
    private struct Absence {
        let began: Int
        let ended: Int
        let operation: Int
        let isInRange: Bool
    }

    let key: RecordKey
    /// Commits that claim the key.
    private var claims: [(commit: Int, version: RecordVersion)] = []
    /// What commits make of a version; `nil` for a deletion.
    private var ends: [RecordVersion: [(commit: Int, next: RecordVersion?)]] = [:]
    private var checks: [RecordVersion: [Int]] = [:]
    private var reads: [RecordVersion: [Event]] = [:]
    private var absences: [Absence] = []
    /// What commits may have made of a version whose outcome is unknown and of which no put was seen.
    private var possibleEnds: [RecordVersion: [(began: Int, next: RecordVersion?)]] = [:]
    private var refusedDeletions: [RecordVersion: [Int]] = [:]

    private init(_ key: RecordKey) { self.key = key }

    /// The keys in order.
    static func all(of history: RecordHistory, _ census: CommitCensus) throws(HistoryViolation) -> [KeyTimeline] {
        var timelines: [RecordKey: KeyTimeline] = [:]
        for (place, commit) in census.commits.enumerated() {
            for change in commit.changes { timelines[change.key, default: KeyTimeline(change.key)].add(change, of: place, commit) }
        }
        for (place, operation) in history.operations.enumerated() {
            let (began, ended) = (operation.began, operation.ended)
            switch operation.call {
            case .commit: break
            case .read(let keys, let answer):
                for (key, record) in zip(keys, answer) {
                    if let record {
                        timelines[key]?.reads[record.version, default: []].append(
                            Event(kind: .read, began: began, ended: ended, operation: place))
                    } else {
                        timelines[key]?.absences.append(Absence(began: began, ended: ended, operation: place, isInRange: false))
                    }
                }
            case .range(let range, let limit, let answer):
                for record in answer {
                    timelines[record.key]?.reads[record.version, default: []].append(
                        Event(kind: .read, began: began, ended: ended, operation: place))
                }
                guard limit > 0 else { continue }
                let found = Set(answer.map(\.key))
                let last = answer.count < limit ? nil : answer.last?.key
                for key in census.keys[RecordRange(partition: range.partition, collection: range.collection)] ?? []
                where !found.contains(key) && (last.map { key < $0 } ?? true)
                    && (range.after.map { $0.lexicographicallyPrecedes(key.row) } ?? true)
                {
                    timelines[key]?.absences.append(Absence(began: began, ended: ended, operation: place, isInRange: true))
                }
            }
        }
        return timelines.values.sorted { $0.key < $1.key }
    }

    private mutating func add(_ change: RecordChange, of place: Int, _ commit: CommitCensus.Commit) {
        guard commit.hasLanded else {
            switch (change, commit.outcome) {
            case (.delete(_, let version), .unknown): possibleEnds[version, default: []].append((commit.began, nil))
            case (.put(_, .some(let expected), let version, _, _), .unknown):
                possibleEnds[expected, default: []].append((commit.began, version))
            case (.delete(_, let version), .refused): refusedDeletions[version, default: []].append(commit.operation)
            default: break
            }
            return
        }
        switch change {
        case .put(_, nil, let version, _, _): claims.append((place, version))
        case .put(_, .some(let expected), let version, _, _): ends[expected, default: []].append((place, version))
        case .delete(_, let version): ends[version, default: []].append((place, nil))
        case .check(_, let version): checks[version, default: []].append(place)
        }
    }

    /// The lives of this key's record, in the order they began.
    func lives(_ census: CommitCensus) throws(HistoryViolation) -> [RecordLife] {
        var lives: [RecordLife] = []
        for claim in claims {
            var (commit, version) = (claim.commit, claim.version)
            var life = RecordLife(key: key, first: commit, version: version)
            life.append([event(.write(commit: commit), commit, census)])
            while true {
                let checking = checks[version] ?? []
                life.append((reads[version] ?? []) + checking.map { event(.check(commit: $0), $0, census) })
                life.version = version
                life.tails = [commit] + checking
                guard let next = ends[version] else { break }
                if next.count > 1 { throw lostUpdate(version, next.map(\.commit), census) }
                commit = next[0].commit
                life.append([event(.write(commit: commit), commit, census)])
                guard let successor = next[0].next else {
                    life.end = .deletion(commit)
                    life.tails = [commit]
                    break
                }
                version = successor
            }
            if case .none = life.end, let began = possibleDeletion(of: version) { life.end = .possibleDeletion(began: began) }
            if let (later, earlier) = life.disorder { throw disorder(later, earlier, life, census) }
            lives.append(life)
        }
        let circular = ends.filter { entry in !lives.contains { $0.versions.contains(entry.key) } }
        if !circular.isEmpty {
            let operations = circular.values.joined().map { census.commits[$0.commit].operation }.sorted()
            throw HistoryViolation(
                kind: .foreseen, operations: operations,
                reason:
                    "the versions of \(key.shown) that commits \(operations.map(String.init).joined(separator: ", ")) expect come of these commits alone."
            )
        }
        lives.sort { $0.earliestEnd < $1.earliestEnd }
        for (place, life) in lives.enumerated() {
            for other in lives[(place + 1)...] where !life.mayPrecede(other) && !other.mayPrecede(life) {
                throw twoWinners(life, other, census)
            }
            for absence in absences { try demand(absence, outside: life, census) }
        }
        return lives
    }

    /// From when on the record may be gone by commits whose outcome is unknown; the earliest such tick.
    private func possibleDeletion(of version: RecordVersion, beyond passed: Set<RecordVersion> = []) -> Int? {
        guard !passed.contains(version) else { return nil }
        return (possibleEnds[version] ?? []).compactMap { began, next in
            guard let next else { return began }
            return possibleDeletion(of: next, beyond: passed.union([version])).map { max($0, began) }
        }.min()
    }

    private func event(_ kind: Event.Kind, _ commit: Int, _ census: CommitCensus) -> Event {
        let commit = census.commits[commit]
        return Event(kind: kind, began: commit.began, ended: commit.ended, operation: commit.operation)
    }
}

// What is wrong, in words.
extension KeyTimeline {
    private func lostUpdate(_ version: RecordVersion, _ commits: [Int], _ census: CommitCensus) -> HistoryViolation {
        let (first, second) = (census.commits[commits[0]], census.commits[commits[1]])
        let late = [first, second].first { $0.outcome == .unknown }
        let both = "commits \(first.operation) and \(second.operation) both replaced or deleted version \(version.shown) of \(key.shown)"
        return HistoryViolation(
            kind: late == nil ? .lostUpdate : .lateOverwrite, operations: [first.operation, second.operation],
            reason: late.map {
                "\(both): commit \($0.operation), whose outcome was unknown, landed although its expectation no longer held."
            }
                ?? "\(both), and both were acknowledged.")
    }

    /// `later` comes after `earlier` in the life of the record, and had ended before `earlier` began.
    private func disorder(_ later: Event, _ earlier: Event, _ life: RecordLife, _ census: CommitCensus) -> HistoryViolation {
        let operations = [later.operation, earlier.operation]
        let times = "ended at \(later.ended)"
        let began = "began at \(earlier.began)"
        switch (earlier.kind, later.kind) {
        case (.write, _):
            return HistoryViolation(
                kind: .foreseen, operations: operations,
                reason:
                    "operation \(later.operation) on \(key.shown) \(times), and knew what commit \(earlier.operation) wrote, which \(began)."
            )
        case (.check, .write):
            return HistoryViolation(
                kind: .staleExpectation, operations: operations,
                reason: "commit \(later.operation) replaced or deleted a version of \(key.shown) and \(times); "
                    + "commit \(earlier.operation), which \(began) and checks that version, was made nevertheless.")
        case (.check, _), (.read, .read), (.read, .check):
            return HistoryViolation(
                kind: .nonMonotonicRead, operations: operations,
                reason:
                    "operation \(later.operation) saw a version of \(key.shown) and \(times); operation \(earlier.operation), which \(began), saw an older one."
            )
        case (.read, .write(let commit)):
            if census.isHalf(commit, without: key) { return half(census.commits[commit], earlier.operation) }
            let isDeletion = census.commits[commit].changes.contains { if case .delete(key, _) = $0 { true } else { false } }
            return HistoryViolation(
                kind: isDeletion ? .deletionUndone : .staleRead, operations: operations,
                reason: "commit \(later.operation) \(isDeletion ? "deleted" : "replaced") \(key.shown) and \(times); "
                    + "read \(earlier.operation), which \(began), returned what was there before.")
        }
    }

    private func half(_ commit: CommitCensus.Commit, _ operation: Int) -> HistoryViolation {
        HistoryViolation(
            kind: .halfCommit, operations: [commit.operation, operation],
            reason:
                "commit \(commit.operation) was made, and operation \(operation) at \(key.shown) does not see it, though another of its changes is there."
        )
    }

    private func twoWinners(_ first: RecordLife, _ second: RecordLife, _ census: CommitCensus) -> HistoryViolation {
        for life in [first, second] {
            if let refused = refusedDeletion(life, census) { return refused }
        }
        let commits = [first, second].map { census.commits[$0.first] }
        let operations = commits.map(\.operation)
        let late = commits.first { $0.outcome == .unknown }
        let both =
            "commits \(operations[0]) and \(operations[1]) both claimed \(key.shown), and neither's record was gone before the other's came"
        return HistoryViolation(
            kind: late == nil ? .twoWinners : .lateOverwrite, operations: operations,
            reason: late.map { "\(both): commit \($0.operation), whose outcome was unknown, landed although the key was taken." }
                ?? "\(both).")
    }

    private func refusedDeletion(_ life: RecordLife, before end: Int = .max, _ census: CommitCensus) -> HistoryViolation? {
        guard case .none = life.end, let deletion = refusedDeletions[life.version]?.first else { return nil }
        return HistoryViolation(
            kind: .refusedCommitLanded, operations: [deletion],
            reason:
                "version \(life.version.shown) of \(key.shown) is gone, and the only commit that could have deleted it, \(deletion), was refused."
        )
    }

    /// A read that found nothing lies before or after each life.
    private func demand(_ absence: Absence, outside life: RecordLife, _ census: CommitCensus) throws(HistoryViolation) {
        guard life.earliestEnd < absence.began, absence.ended < life.latestBeginning else { return }
        let first = life.events.min { $0.ended < $1.ended }!
        let last = life.events.max { $0.began < $1.began }!
        var operations = [first.operation, absence.operation]
        if case .none = life.end {
            if !absence.isInRange, let refused = refusedDeletion(life, census) { throw refused }
            if case .write(let commit) = first.kind, census.isHalf(commit, without: key) {
                throw half(census.commits[commit], absence.operation)
            }
        } else {
            operations.append(last.operation)
        }
        let what = "\(key.shown) had a record when operation \(first.operation) ended, at \(first.ended)"
        let stays =
            operations.count == 3
            ? ", and still had it for operation \(last.operation), which began at \(last.began)" : ", and nobody deleted it"
        if absence.isInRange {
            throw HistoryViolation(
                kind: .missedByRange, operations: operations,
                reason: "\(what)\(stays); range \(absence.operation), from \(absence.began) to \(absence.ended), lacks it.")
        }
        let came: Bool = if case .deletion(let commit) = life.end { census.commits[commit].began < absence.ended } else { false }
        throw HistoryViolation(
            kind: came ? .nonMonotonicRead : .vanished, operations: operations,
            reason: "\(what)\(stays); read \(absence.operation), from \(absence.began) to \(absence.ended), found none.")
    }
}
