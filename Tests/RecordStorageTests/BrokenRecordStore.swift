import RecordStorage
import Synchronization

/// A store with one defect, of the kinds that adapters really have.
struct BrokenRecordStore: RecordStore {
    enum Defect: CaseIterable {
        /// Each change is a commit of its own.
        case appliesChangesOneByOne
        /// Checks are taken for granted.
        case ignoresChecks
        /// Reads, decides and writes without holding anything between.
        case looksBeforeItWrites
        /// Text collation instead of bytes.
        case ordersRowsBySignedBytes
        case hidesExpiredRecords
        /// A put that expects nothing overwrites.
        case overwritesOnClaim
        case answersInTheOrderOfKeys
        case forgetsTheExpiryOfReplacements
        case acceptsAnySize
        /// Says "cancelled" and writes nevertheless.
        case landsWhatItCalledCancelled
        case startsPagesAtThePosition
        case confirmsBeforeItWrites
    }

    private let defect: Defect
    private let store = InMemoryRecordStore()

    init(_ defect: Defect) { self.defect = defect }

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        try await store.records(at: defect == .answersInTheOrderOfKeys ? keys.sorted() : keys).map { visible($0) }
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        switch defect {
        case .ordersRowsBySignedBytes:
            let all = try await store.records(in: RecordRange(partition: range.partition, collection: range.collection), limit: .max)
            func signed(_ row: [UInt8]) -> [Int8] { row.map { Int8(bitPattern: $0) } }
            let rest = all.filter { record in range.after.map { signed($0).lexicographicallyPrecedes(signed(record.key.row)) } ?? true }
            return Array(rest.sorted { signed($0.key.row).lexicographicallyPrecedes(signed($1.key.row)) }.prefix(max(limit, 0)))
        case .startsPagesAtThePosition:
            guard let after = range.after, limit > 0 else { return try await store.records(in: range, limit: limit) }
            let key = RecordKey(partition: range.partition, collection: range.collection, row: after)
            let first = try await store.records(at: [key]).compactMap { $0 }
            return Array((first + (try await store.records(in: range, limit: limit))).prefix(first.isEmpty ? limit : max(limit, 2)))
        default: return try await store.records(in: range, limit: limit).compactMap { visible($0) }
        }
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        if defect == .acceptsAnySize { return try await unchecked(changes) }
        try RecordLimits.validate(changes)
        switch defect {
        case .appliesChangesOneByOne:
            for change in changes { try await store.commit([change]) }
        case .ignoresChecks:
            let rest = changes.filter { if case .check = $0 { false } else { true } }
            if !rest.isEmpty { try await store.commit(rest) }
        case .looksBeforeItWrites: try await unchecked(changes)
        case .overwritesOnClaim:
            let current = try await store.records(at: changes.map(\.key))
            try await store.commit(
                zip(changes, current).map { change, record in
                    guard case .put(let key, nil, let version, let value, let expiresAt) = change else { return change }
                    return .put(key, expecting: record?.version, version: version, value: value, expiresAt: expiresAt)
                })
        case .forgetsTheExpiryOfReplacements:
            try await store.commit(
                changes.map { change in
                    guard case .put(let key, let expecting, let version, let value, _) = change else { return change }
                    return .put(key, expecting: expecting, version: version, value: value, expiresAt: nil)
                })
        case .landsWhatItCalledCancelled:
            if Task.isCancelled {
                let store = store
                _ = await Task { try? await store.commit(changes) }.value
                throw StorageError(.cancelled, "Not true.")
            }
            try await store.commit(changes)
        case .confirmsBeforeItWrites:
            let store = store
            Task {
                try? await Task.sleep(for: .milliseconds(2))
                try? await store.commit(changes)
            }
        default: try await store.commit(changes)
        }
    }

    /// Looks at the expectations, and some time later writes whatever is there by then.
    private func unchecked(_ changes: [RecordChange]) async throws(StorageError) {
        let before = try await store.records(at: changes.map(\.key))
        guard zip(changes, before).allSatisfy({ $0.expectedVersion == $1?.version }) else { throw StorageError(.conflict, "As it should.") }
        await Task.yield()
        for change in changes {
            while true {
                let now = try await store.record(at: change.key)
                do {
                    switch change {
                    case .check: break
                    case .put(let key, _, let version, let value, let expiresAt):
                        try await store.commit([.put(key, expecting: now?.version, version: version, value: value, expiresAt: expiresAt)])
                    case .delete(let key, _):
                        if let now { try await store.commit([.delete(key, version: now.version)]) }
                    }
                    break
                } catch {
                    if error.code != .conflict { break }
                }
            }
        }
    }

    private func visible(_ record: StoredRecord?) -> StoredRecord? {
        guard defect == .hidesExpiredRecords, let expiry = record?.expiresAt else { return record }
        return expiry < Timestamp(milliseconds: 1_700_000_000_000) ? nil : record
    }
}
