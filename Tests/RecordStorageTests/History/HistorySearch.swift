import PhoneIdentityTesting
import RecordStorage

/// The definition of a right history, tried out: every order of every subset of commits, and every place of every read. For a few operations.
enum HistorySearch {
    private struct Commit {
        let changes: [RecordChange]
        let began: Int
        let ended: Int
        let mayBeMissing: Bool
    }

    private struct Read {
        let key: RecordKey
        let version: RecordVersion?
        let began: Int
        let ended: Int
    }

    static func isRight(_ history: RecordHistory) -> Bool {
        var commits: [Commit] = []
        var reads: [Read] = []
        var keys: Set<RecordKey> = []
        for case .commit(let changes, _) in history.operations.map(\.call) { keys.formUnion(changes.map(\.key)) }
        for operation in history.operations {
            switch operation.call {
            case .commit(_, .refused): break
            case .commit(let changes, let outcome):
                let isUnknown = outcome == .unknown
                commits.append(
                    Commit(changes: changes, began: operation.began, ended: isUnknown ? .max : operation.ended, mayBeMissing: isUnknown))
            case .read(let keys, let answer):
                for (key, record) in zip(keys, answer) {
                    reads.append(Read(key: key, version: record?.version, began: operation.began, ended: operation.ended))
                }
            case .range(let range, let limit, let answer):
                guard limit > 0 else { continue }
                for key in keys where key.partition == range.partition && key.collection == range.collection {
                    let record = answer.first { $0.key == key }
                    let isBefore = range.after.map { !$0.lexicographicallyPrecedes(key.row) } ?? false
                    let isBeyond = answer.count == limit && answer.last!.key < key
                    if record == nil, isBefore || isBeyond { continue }
                    reads.append(Read(key: key, version: record?.version, began: operation.began, ended: operation.ended))
                }
            }
        }
        let sure = commits.filter { !$0.mayBeMissing }
        let unsure = commits.filter(\.mayBeMissing)
        return (0..<(1 << unsure.count)).contains { mask in
            let chosen = sure + unsure.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element)
            return hasOrder(chosen, after: [], state: [:], keys, reads)
        }
    }

    private static func hasOrder(
        _ rest: [Commit], after done: [Commit], state: [RecordKey: RecordVersion], _ keys: Set<RecordKey>, _ reads: [Read]
    ) -> Bool {
        if rest.isEmpty { return keys.union(reads.map(\.key)).allSatisfy { fits(reads, of: $0, done) } }
        return rest.indices.contains { index in
            let commit = rest[index]
            guard commit.changes.allSatisfy({ state[$0.key] == $0.expectedVersion }) else { return false }
            var (state, rest) = (state, rest)
            for change in commit.changes { state[change.key] = result(change) }
            rest.remove(at: index)
            return hasOrder(rest, after: done + [commit], state: state, keys, reads)
        }
    }

    private static func result(_ change: RecordChange) -> RecordVersion? {
        switch change {
        case .check(_, let version): version
        case .put(_, _, let version, _, _): version
        case .delete: nil
        }
    }

    /// Whether the commits on a key are in time's order, and each read of it has a place among them that is too.
    private static func fits(_ reads: [Read], of key: RecordKey, _ order: [Commit]) -> Bool {
        let commits = order.filter { commit in commit.changes.contains { $0.key == key } }
        for place in commits.indices {
            for later in commits.indices where later > place && commits[later].ended < commits[place].began { return false }
        }
        var states: [RecordVersion?] = [nil]
        for commit in commits { states.append(result(commit.changes.first { $0.key == key }!)) }
        // In the order of their ends, each at its first place: whatever a read before it allows.
        var placed: [(ended: Int, place: Int)] = []
        for read in reads.filter({ $0.key == key }).sorted(by: { $0.ended < $1.ended }) {
            let before = placed.filter { $0.ended < read.began }.map(\.place).max() ?? 0
            let place = states.indices.first { place in
                place >= before && states[place] == read.version && commits[..<place].allSatisfy { $0.began <= read.ended }
                    && commits[place...].allSatisfy { $0.ended >= read.began }
            }
            guard let place else { return false }
            placed.append((read.ended, place))
        }
        return true
    }
}
