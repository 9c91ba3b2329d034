import Foundation
import RecordStorage

/// The file: frames one after another, each a u32 length, a u64 checksum of what follows, and the changes of one commit.
final class Journal {
    private let file: Int32
    private let path: String
    /// Where the next frame begins.
    private var end = 0
    /// Set when what is on the disk is no longer known.
    private var isBroken = false
    private static let header = 12

    init(path: String) throws(StorageError) {
        self.path = path
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw StorageError(.unavailable, "Cannot open \(path): \(String(cString: strerror(errno))).") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else { throw StorageError(.unavailable, "Another process has \(path).") }
        // The name of a new file lasts once its directory is synced.
        let directory = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw StorageError(.unavailable, "Cannot sync the directory of \(path).") }
    }

    deinit { close(file) }

    /// The commits in the file. What a crash left of the last one is cut off: it was never confirmed.
    func replay() throws(StorageError) -> [[RecordChange]] {
        guard let data = FileManager.default.contents(atPath: path) else { throw StorageError(.unavailable, "Cannot read \(path).") }
        let bytes = [UInt8](data)
        var commits: [[RecordChange]] = []
        while let (changes, next) = Self.frame(in: bytes, at: end) {
            commits.append(changes)
            end = next
        }
        // Every frame was synced before the next was begun. So if a whole one follows, this one was whole, and confirmed.
        guard end == bytes.count || !(end + 1..<bytes.count).contains(where: { Self.frame(in: bytes, at: $0) != nil }) else {
            throw StorageError(.corrupt, "\(path) is damaged at byte \(end); restore it from a backup.")
        }
        guard ftruncate(file, off_t(end)) == 0, fsync(file) == 0 else { throw StorageError(.readOnly, "Cannot write \(path).") }
        return commits
    }

    /// Writes a frame and waits for the disk.
    func append(_ changes: [RecordChange]) throws(StorageError) {
        guard !isBroken else { throw StorageError(.unavailable, "\(path) failed before; open it again.") }
        let writes = changes.compactMap(Write.init)
        // Checks alone change nothing: to have held under the lock is all they are.
        guard !writes.isEmpty else { return }
        let payload = [UInt8](try! PropertyListEncoder.binary.encode(writes))
        let frame = Self.bytes(UInt32(payload.count)) + Self.bytes(Self.checksum(payload)) + payload
        var written = 0
        while written < frame.count {
            let count = frame.withUnsafeBytes { pwrite(file, $0.baseAddress! + written, frame.count - written, off_t(end + written)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno == ENOSPC ? StorageError.Code.full : .unavailable
                // Nothing of it may be found later.
                isBroken = ftruncate(file, off_t(end)) != 0
                throw StorageError(isBroken ? .outcomeUnknown : code, "Cannot write \(path).")
            }
            written += count
        }
        guard fsync(file) == 0 else {
            // The system may have dropped the pages, or written them: nobody knows, and asking again tells nothing.
            isBroken = true
            throw StorageError(.outcomeUnknown, "The disk did not confirm what was written to \(path).")
        }
        end += frame.count
    }

    private static func frame(in bytes: [UInt8], at start: Int) -> (changes: [RecordChange], end: Int)? {
        guard start + header <= bytes.count else { return nil }
        let count = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        let sum = bytes[start + 4..<start + header].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let end = start + header + count
        guard count > 0, end <= bytes.count else { return nil }
        let payload = bytes[start + header..<end]
        guard checksum(payload) == sum, let writes = try? PropertyListDecoder().decode([Write].self, from: Data(payload)) else {
            return nil
        }
        let changes = writes.compactMap(\.change)
        return changes.count == writes.count ? (changes, end) : nil
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) } }

    /// FNV-1a: finds a torn write. It proves nothing against who writes the file on purpose.
    private static func checksum(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

/// A put or a deletion in a frame, the latter without a value.
private struct Write: Codable {
    let partition: UInt16
    let collection: String
    let row: Data
    let version: Data
    var value: Data?
    var expiresAt: Int64?

    init?(_ change: RecordChange) {
        let changed: RecordVersion
        switch change {
        case .check: return nil
        case .delete(_, let version): changed = version
        case .put(_, _, let version, let bytes, let expiry):
            changed = version
            value = Data(bytes)
            expiresAt = expiry?.milliseconds
        }
        (partition, collection, row) = (change.key.partition.rawValue, change.key.collection.rawValue, Data(change.key.row))
        version = Data(changed.bytes)
    }

    var change: RecordChange? {
        guard let collection = RecordCollection(rawValue: collection), let version = RecordVersion(bytes: [UInt8](version)) else {
            return nil
        }
        let key = RecordKey(partition: Partition(rawValue: partition), collection: collection, row: [UInt8](row))
        guard let value else { return .delete(key, version: version) }
        let expiresAt = expiresAt.map { Timestamp(milliseconds: $0) }
        return .put(key, expecting: nil, version: version, value: [UInt8](value), expiresAt: expiresAt)
    }
}

extension PropertyListEncoder {
    fileprivate static var binary: PropertyListEncoder {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        return encoder
    }
}
