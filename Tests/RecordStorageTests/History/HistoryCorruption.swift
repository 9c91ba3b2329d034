import PhoneIdentityTesting
import RecordStorage

/// A way in which a right history is made a wrong one.
enum HistoryCorruption: CaseIterable {
    /// A read returns another version of its key.
    case anotherVersion
    /// A read finds nothing where it found a record.
    case nothingFound
    /// A range lacks a record.
    case rowMissing
    /// A commit that was made is called cancelled.
    case calledCancelled
    /// A commit that was refused is called made.
    case calledMade
    /// A commit that was made is not there at all.
    case forgotten
    /// A commit that was made expects an older version.
    case olderExpectation

    /// - Returns: The history, and whether two operations of it are known to contradict each other; `nil` where there is nothing to corrupt.
    func applied(to model: HistoryModel) -> (history: RecordHistory, isVisible: Bool)? {
        var random = model.random
        var history = model.history
        let evidence = Evidence(history)
        switch self {
        case .anotherVersion, .nothingFound:
            guard let (place, index) = evidence.reads.randomElement(using: &random),
                case .read(let keys, var answer) = history.operations[place].call
            else { return nil }
            let read = history.operations[place]
            let (key, found) = (keys[index], answer[index])
            if self == .nothingFound {
                guard let found else { return nil }
                answer[index] = nil
                history.operations[place].call = .read(keys, answer: answer)
                return (history, evidence.wasThere(found.version, during: read))
            }
            let others = (model.states[key] ?? []).compactMap(\.version).filter { $0 != found?.version }
            guard let other = others.randomElement(using: &random) else { return nil }
            answer[index] = model.record(key, other)
            history.operations[place].call = .read(keys, answer: answer)
            return (history, evidence.wasNotThere(other, during: read))
        case .rowMissing:
            guard let place = evidence.ranges.randomElement(using: &random),
                case .range(let range, let limit, var answer) = history.operations[place].call, !answer.isEmpty
            else { return nil }
            let row = answer.remove(at: random.below(answer.count))
            history.operations[place].call = .range(range, limit: limit, answer: answer)
            return (history, evidence.wasThere(row.version, during: history.operations[place]))
        case .calledCancelled, .forgotten:
            guard let place = evidence.made.randomElement(using: &random), case .commit(let changes, _) = history.operations[place].call
            else { return nil }
            if self == .forgotten {
                history.operations.remove(at: place)
            } else {
                history.operations[place].call = .commit(changes, .refused(.cancelled))
            }
            let puts = changes.compactMap { if case .put(_, _, let version, _, _) = $0 { version } else { nil } }
            return (history, puts.contains { evidence.seen.contains($0) })
        case .calledMade:
            guard let place = evidence.refused.randomElement(using: &random), case .commit(let changes, _) = history.operations[place].call
            else { return nil }
            history.operations[place].call = .commit(changes, .made)
            return (history, changes.contains { $0.isWrite && $0.expectedVersion.map { evidence.ended[$0] != nil } ?? false })
        case .olderExpectation:
            guard let place = evidence.made.randomElement(using: &random),
                case .commit(var changes, let outcome) = history.operations[place].call,
                let index = changes.indices.randomElement(using: &random), changes[index].isWrite,
                let expected = changes[index].expectedVersion,
                let older = (model.states[changes[index].key] ?? []).compactMap(\.version).prefix(while: { $0 != expected }).last
            else { return nil }
            switch changes[index] {
            case .put(let key, _, let version, let value, let expiresAt):
                changes[index] = .put(key, expecting: older, version: version, value: value, expiresAt: expiresAt)
            case .delete(let key, _): changes[index] = .delete(key, version: older)
            case .check: return nil
            }
            history.operations[place].call = .commit(changes, outcome)
            return (history, evidence.ended[older] != nil)
        }
    }
}

/// What single operations of a history prove, without looking at them together.
private struct Evidence {
    var reads: [(operation: Int, index: Int)] = []
    var ranges: [Int] = []
    var made: [Int] = []
    var refused: [Int] = []
    /// Versions that were read, or that a commit which was made expects.
    var seen: Set<RecordVersion> = []
    /// By version: the commit that put it, and the one that was made and ended it.
    var written: [RecordVersion: Operation] = [:]
    var ended: [RecordVersion: Operation] = [:]

    init(_ history: RecordHistory) {
        for (place, operation) in history.operations.enumerated() {
            switch operation.call {
            case .read(let keys, let answer):
                reads += keys.indices.map { (place, $0) }
                seen.formUnion(answer.compactMap { $0?.version })
            case .range(_, _, let answer):
                ranges.append(place)
                seen.formUnion(answer.map(\.version))
            case .commit(let changes, let outcome):
                if case .refused = outcome { refused.append(place) }
                if outcome == .made { made.append(place) }
                for change in changes {
                    if case .put(_, _, let version, _, _) = change { written[version] = operation }
                    guard outcome == .made, let expected = change.expectedVersion else { continue }
                    seen.insert(expected)
                    if change.isWrite { ended[expected] = operation }
                }
            }
        }
    }

    func wasThere(_ version: RecordVersion, during read: Operation) -> Bool {
        guard let writer = written[version], writer.ended < read.began else { return false }
        return ended[version].map { $0.began > read.ended } ?? false
    }

    func wasNotThere(_ version: RecordVersion, during read: Operation) -> Bool {
        if let writer = written[version], writer.began > read.ended { return true }
        return ended[version].map { $0.ended < read.began } ?? false
    }
}

extension RecordChange {
    var isWrite: Bool { if case .check = self { false } else { true } }
}
