import Foundation
import RecordStorage
import Synchronization

/// Records in memory, and in a journal that makes them last: a commit is a frame appended to one file, and one fsync.
///
/// An example of an adapter, whole and right, for one process with as many records as fit into memory. What was replaced or deleted
/// stays in the journal, so it is nothing for records that must be erased.
public final class FileStore: RecordStore {
    /// The file blocks a thread, which must not be one of Swift's own few.
    private let queue = DispatchQueue(label: "FileStore")
    private let journal: Mutex<Journal>
    private let index: Mutex<RecordIndex>

    /// Opens the journal at `path`, and makes it when there is none.
    ///
    /// - Throws: `StorageError` with code `.unavailable` while another process has it, `.corrupt` where it is damaged.
    public init(path: String) throws(StorageError) {
        let journal = try Journal(path: path)
        var index = RecordIndex()
        for changes in try journal.replay() { index.apply(changes) }
        self.index = Mutex(index)
        self.journal = Mutex(journal)
    }

    public func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        index.withLock { index in keys.map { index[$0] } }
    }

    public func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        index.withLock { $0.records(in: range, limit: limit) }
    }

    // [readme]
    public func commit(_ changes: [RecordChange]) async throws(StorageError) {
        try RecordLimits.validate(changes)
        // From here on the commit is made or refused, whoever is cancelled meanwhile, and its caller is told which.
        if Task.isCancelled { throw StorageError(.cancelled, "The task was cancelled before the commit began.") }
        let outcome = await withCheckedContinuation { continuation in
            // The caller holds the store until it has its answer. Held by the queue too, the store would let go of its file only a moment
            // after the last one, and who opens it again at once would be refused.
            queue.async { [unowned self] in
                let outcome = Result { () throws(StorageError) in try make(changes) }
                continuation.resume(returning: outcome)
            }
        }
        try outcome.get()
    }

    private func make(_ changes: [RecordChange]) throws(StorageError) {
        // Under this lock from the expectations to the last change: nobody writes in between.
        try journal.withLock { journal throws(StorageError) in
            guard index.withLock({ index in changes.allSatisfy { index[$0.key]?.version == $0.expectedVersion } }) else {
                throw StorageError(.conflict, "A record was not at the version this commit expects.")
            }
            try journal.append(changes)
            // It lasts; only now may anybody see it, and all of it at once.
            index.withLock { $0.apply(changes) }
        }
    }
    // [/readme]
}

/// The records in the order of their keys.
struct RecordIndex {
    private var records: [RecordKey: StoredRecord] = [:]
    private var keys: [RecordKey] = []

    subscript(key: RecordKey) -> StoredRecord? { records[key] }

    func records(in range: RecordRange, limit: Int) -> [StoredRecord] {
        let start = RecordKey(partition: range.partition, collection: range.collection, row: range.after ?? [])
        let rest = keys[place(of: start)...].lazy.filter { $0 != start || range.after == nil }
        return rest.prefix { $0.partition == start.partition && $0.collection == start.collection }.prefix(max(limit, 0)).map {
            records[$0]!
        }
    }

    mutating func apply(_ changes: [RecordChange]) {
        for change in changes {
            let place = place(of: change.key)
            let isThere = place < keys.count && keys[place] == change.key
            switch change {
            case .check: break
            case .delete(let key, _):
                records[key] = nil
                if isThere { keys.remove(at: place) }
            case .put(let key, _, let version, let value, let expiresAt):
                records[key] = StoredRecord(key: key, version: version, value: value, expiresAt: expiresAt)
                if !isThere { keys.insert(key, at: place) }
            }
        }
    }

    /// Where a key is, or would be.
    private func place(of key: RecordKey) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
