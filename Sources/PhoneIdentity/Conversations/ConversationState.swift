import RecordStorage

/// What is kept of one person's conversation: which messages were answered lately, and how many answers there may be. No word of it.
///
/// Version u8 = 1, arrival i64 (GCRA of the answers), last STOP i64, count u8, then the names of the last answered messages, 16 bytes each.
struct ConversationState: Hashable, Sendable {
    static let collection: RecordCollection = "conversation"
    /// As many as a gateway may bring again before it gives up.
    private static let memory = 32

    private var arrival = Timestamp(milliseconds: 0)
    private var stoppedAt = Timestamp(milliseconds: 0)
    private var answered: [[UInt8]] = []
    /// A START that comes so soon after a STOP may have been written before it.
    private static let settles: Duration = .seconds(10)

    static func key(_ subject: [UInt8], _ partitions: PartitionCount) -> RecordKey {
        RecordKey(partition: partitions.partition(of: subject), collection: collection, row: subject)
    }

    init() {}

    mutating func stop(at now: Timestamp) { stoppedAt = max(stoppedAt, now) }

    func mayStart(at now: Timestamp) -> Bool { now >= stoppedAt + Self.settles }

    func wasAnswered(_ id: [UInt8]) -> Bool { answered.contains(id) }

    /// Notes a message, and decides whether it may be answered now. A burst of half an hour's answers may come at once.
    mutating func take(_ id: [UInt8], perHour: Int, at now: Timestamp) -> Bool {
        answered.append(id)
        if answered.count > Self.memory { answered.removeFirst() }
        let interval = Duration.milliseconds(3_600_000 / max(perHour, 1))
        let theoretical = max(arrival, now)
        guard theoretical - now <= interval * max(perHour / 2 - 1, 0) else { return false }
        arrival = theoretical + interval
        return true
    }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 10 + 16 * answered.count)
        writer.u8(1)
        writer.time(arrival)
        writer.time(stoppedAt)
        writer.u8(UInt8(answered.count))
        for id in answered { writer.fixed(id) }
        return writer.bytes
    }

    init(_ record: StoredRecord) throws(StorageError) {
        self = try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            var state = ConversationState()
            state.arrival = try reader.time()
            state.stoppedAt = try reader.time()
            for _ in 0..<(try reader.u8()) { state.answered.append(try reader.fixed(16)) }
            return state
        }
    }
}
