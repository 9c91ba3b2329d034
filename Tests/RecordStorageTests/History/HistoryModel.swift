import PhoneIdentityTesting
import RecordStorage

extension SplitMix64 {
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

/// A history of which every effect and its moment are known, as a store that keeps the contract would have made it.
struct HistoryModel {
    /// What a key held from a moment on.
    typealias State = (from: Int, version: RecordVersion?)

    var random: SplitMix64
    let keys: [RecordKey]
    /// The longest time between a call or its answer and its effect.
    let width: Int
    private(set) var operations: [Operation] = []
    private(set) var states: [RecordKey: [State]] = [:]
    private var values: [RecordVersion: RecordChange] = [:]
    private var versions = 0

    /// The moments of two commits are 100 apart.
    init(seed: UInt64, keys: [RecordKey], commits: Int, reads: Int, width: Int = 250, unknown: Int = 10) {
        random = SplitMix64(state: seed)
        self.keys = keys
        self.width = width
        for number in 1...commits { commit(at: number * 100, unknown: unknown) }
        for _ in 0..<reads { read(until: (commits + 1) * 100) }
        operations = Self.distinct(operations)
    }

    var history: RecordHistory { RecordHistory(operations) }

    func state(of key: RecordKey, at moment: Int) -> RecordVersion? {
        (states[key] ?? []).last { $0.from <= moment }?.version
    }

    func record(_ key: RecordKey, _ version: RecordVersion?) -> StoredRecord? {
        guard let version, case .put(_, _, _, let value, let expiresAt) = values[version] else { return nil }
        return StoredRecord(key: key, version: version, value: value, expiresAt: expiresAt)
    }

    private mutating func commit(at moment: Int, unknown: Int) {
        let touched = keys.shuffled(using: &random).prefix(1 + random.below(min(3, keys.count)))
        var changes: [RecordChange] = []
        var holds = true
        for key in touched {
            var current = state(of: key, at: moment)
            let past = (states[key] ?? []).map(\.version)
            if random.chance(8), let other = past.randomElement(using: &random), other != current {
                (current, holds) = (other, false)
            }
            versions += 1
            let put = RecordChange.put(
                key, expecting: current, version: v(versions), value: [UInt8(versions & 255), UInt8(versions >> 8)], expiresAt: nil)
            guard let current else { changes.append(put); continue }
            switch random.below(10) {
            case 0..<4: changes.append(put)
            case 4..<7: changes.append(.delete(key, version: current))
            default: changes.append(.check(key, version: current))
            }
        }
        for change in changes {
            if case .put(_, _, let version, _, _) = change { values[version] = change }
        }
        var (began, ended) = (moment - 1 - random.below(width), moment + 1 + random.below(width))
        var outcome = RecordHistory.Outcome.made
        if !holds {
            outcome = .refused(.conflict)
        } else if random.chance(10) {
            outcome = .refused([.conflict, .cancelled, .unavailable].randomElement(using: &random)!)
            holds = false
        } else if random.chance(unknown) {
            (outcome, ended) = (.unknown, .max)
            began -= random.below(4) * width
            holds = random.chance(60)
        }
        if holds {
            for change in changes {
                switch change {
                case .check: break
                case .put(let key, _, let version, _, _): states[key, default: []].append((moment, version))
                case .delete(let key, _): states[key, default: []].append((moment, nil))
                }
            }
        }
        operations.append(Operation(.commit(changes, outcome), began: began, ended: ended))
    }

    private mutating func read(until end: Int) {
        let began = random.below(end)
        let ended = began + 2 + random.below(width)
        func moment(_ random: inout SplitMix64) -> Int { began + 1 + random.below(ended - began - 1) }
        if random.chance(70) {
            let asked = keys.shuffled(using: &random).prefix(1 + random.below(2))
            let answer = asked.map { record($0, state(of: $0, at: moment(&random))) }
            operations.append(Operation(.read(Array(asked), answer: answer), began: began, ended: ended))
        } else {
            let first = keys.randomElement(using: &random)!
            let range = RecordRange(partition: first.partition, collection: first.collection, after: random.chance(30) ? first.row : nil)
            let rows = keys.filter { key in
                key.partition == range.partition && (range.after.map { $0.lexicographicallyPrecedes(key.row) } ?? true)
            }.sorted()
            let limit = 1 + random.below(3)
            let answer = rows.compactMap { record($0, state(of: $0, at: moment(&random))) }.prefix(limit)
            operations.append(Operation(.range(range, limit: limit, answer: Array(answer)), began: began, ended: ended))
        }
    }

    /// The same intervals with no tick used twice. What ends and begins at one tick is taken to overlap.
    private static func distinct(_ operations: [Operation]) -> [Operation] {
        var ticks: [(tick: Int, isEnd: Bool, place: Int)] = []
        for (place, operation) in operations.enumerated() {
            ticks.append((operation.began, false, place))
            if operation.ended != .max { ticks.append((operation.ended, true, place)) }
        }
        ticks.sort { ($0.tick, $0.isEnd ? 1 : 0, $0.place) < ($1.tick, $1.isEnd ? 1 : 0, $1.place) }
        // Far apart, so that moments keep their meaning: the tick stays the greater part of the number.
        var operations = operations
        for (number, entry) in ticks.enumerated() {
            let tick = entry.tick * 10_000 + number
            if entry.isEnd { operations[entry.place].ended = tick } else { operations[entry.place].began = tick }
        }
        return operations
    }
}
