public import IdentityTypes
public import RecordStorage
import Synchronization

/// Puts what outboxes hold into the log: numbers it, signs the tree, publishes the tiles.
///
/// The steps, each lasting before the next: one commit on the database (outbox rows go, entries come, the head moves); the
/// signer's head; the signature; the tiles; the checkpoint. A process killed between any two leaves work that the next round
/// of any sequencer finishes: it reads them back in the opposite order, so what it finds is never ahead of what it reads next.
public final class LogSequencer: Sendable {
    let store: LogRecords
    let outbox: AuditOutbox
    let signer: LogSigner
    let tiles: any TileStore
    private let time: any TimeSource
    let random: any RandomSource
    let policy: SequencerPolicy
    private let observer: any Observer
    /// Who this sequencer is in the lease.
    private let holder: [UInt8]
    private let rounds = KeyedQueue<Int>()
    /// What is known from the round before; `nil` when it must be read again. Only a round, of which there is one at a time, touches it.
    private let known = Mutex<LogState?>(nil)

    public init(
        store: some RecordStore, outbox: AuditOutbox, signer: LogSigner, tiles: some TileStore, policy: SequencerPolicy = SequencerPolicy(),
        time: some TimeSource = SystemTimeSource(), random: some RandomSource = SystemRandomSource(), observer: some Observer = NoObserver()
    ) {
        self.store = LogRecords(store)
        self.outbox = outbox
        self.signer = signer
        self.tiles = tiles
        self.policy = policy
        self.time = time
        self.random = random
        self.observer = observer
        holder = random.bytes(16)
        outbox.acknowledgements.attach(holder)
    }

    deinit { outbox.acknowledgements.detach(holder) }

    /// Works until the task is cancelled. Failures that may pass are observed and tried again.
    ///
    /// - Throws: ``AuditError`` with a code that somebody has to look at: `.forked`, `.badRoot`, `.malformed`, `.badKey`, or
    ///   `.storage` for a damaged database. Whoever waits for an acknowledgement is told `.unavailable`.
    public func run() async throws(AuditError) {
        outbox.acknowledgements.attach(holder)
        defer { outbox.acknowledgements.detach(holder) }
        // Counted in sleeps, not by the clock, which may jump. The first round is a sweep: what a killed process left.
        var sinceRound = policy.sweep
        var sinceSweep = policy.sweep
        var pause = policy.poll
        while !Task.isCancelled {
            let isSweepDue = sinceSweep >= policy.sweep
            if isSweepDue || outbox.acknowledgements.hasWaiters || (outbox.acknowledgements.hasRows && sinceRound >= policy.cadence) {
                do {
                    let count = try await sequence(sweeping: isSweepDue)
                    if count > 0 { observer.observe(Observation(.sequencer, "sequenced", count: count)) }
                    pause = policy.poll
                } catch {
                    if Task.isCancelled { return }
                    let code = error.storage?.code.rawValue ?? error.code.rawValue
                    observer.observe(Observation(.sequencer, "sequencing-failed", errorCode: code))
                    guard Self.mayPass(error) else { throw error }
                    pause = min(pause * 2, .seconds(1))
                }
                sinceRound = .zero
                if isSweepDue { sinceSweep = .zero }
            }
            do { try await time.sleep(for: pause) } catch { return }
            sinceRound += pause
            sinceSweep += pause
        }
    }

    private static func mayPass(_ error: AuditError) -> Bool {
        switch error.code {
        case .notLeader: true
        case .storage: error.storage.map { ![.corrupt, .tampered, .wrongDeployment, .invalidChange].contains($0.code) } ?? false
        default: false
        }
    }

    /// One round over every partition: all that was committed before is in the log after it, unless another sequencer leads.
    ///
    /// - Returns: how many events it put into the log.
    /// - Throws: ``AuditError``; `.forked` when the database is not the one whose tree was signed last, `.notLeader` when
    ///   others keep moving the log, `.storage`, `.badRoot`, `.malformed`.
    @discardableResult
    public func sequence() async throws(AuditError) -> Int {
        outbox.acknowledgements.attach(holder)
        return try await sequence(sweeping: true)
    }

    private func sequence(sweeping: Bool) async throws(AuditError) -> Int {
        let cancelled = AuditError(StorageError(.cancelled, "The task was cancelled before a round began."))
        return try await rounds.run(0, cancelled: cancelled) { () async throws(AuditError) -> Int in
            var last = AuditError(.notLeader, "Other sequencers keep moving this log; try again.")
            var count = 0
            for _ in 0..<8 {
                do throws(AuditError) {
                    try await round(sweeping: sweeping, count: &count)
                    return count
                } catch {
                    // What is known may be behind what lasts, whatever failed.
                    known.withLock { $0 = nil }
                    guard error.code == .notLeader || error.storage?.code == .conflict else { throw error }
                    last = error
                }
            }
            throw last.code == .storage ? AuditError(.notLeader, last.reason) : last
        }
    }

    private func round(sweeping: Bool, count: inout Int) async throws(AuditError) {
        let now = time.now()
        let ticket = outbox.acknowledgements.openRound(at: now)
        let found = try await store.records(at: [LogRows.head, LogRows.lease])
        let lease = try found[1].map { record throws(AuditError) in try LogRecords.decode(record, LogLease.init) }
        if let lease, lease.excludes(holder, at: now, length: policy.lease) { return try await follow(ticket) }
        var state = try await standing(head: found[0], lease: found[1], sweeping: sweeping)
        var rows: [StoredRecord]
        if sweeping || ticket.needsScan {
            rows = try await scan()
        } else {
            rows = try await read(ticket.rows)
        }
        rows.sort { $0.key.row.lexicographicallyPrecedes($1.key.row) }
        let epoch = lease.map { $0.holder == holder ? $0.epoch : $0.epoch + 1 } ?? 1
        var next = rows[...]
        while !next.isEmpty {
            let term = LogLease(holder: holder, epoch: epoch, end: time.now() + policy.lease)
            let batch = try await append(next.prefix(max(1, min(policy.batch, 5_000))), to: &state, under: term)
            known.withLock { $0 = state }
            next = next.dropFirst(batch.rows.count)
            count += batch.events.count
            outbox.acknowledgements.sequenced(batch.events, at: batch.rows)
        }
        // A row that is gone went into a tree that may be newer than ours.
        if !ticket.waiters.isEmpty, try await store.record(at: LogRows.head) != state.head {
            throw AuditError(.notLeader, "Another sequencer moved the log meanwhile.")
        }
        outbox.acknowledgements.closeRound(ticket)
    }

    /// The state of the log, its newest tree published.
    private func standing(head: StoredRecord?, lease: StoredRecord?, sweeping: Bool) async throws(AuditError) -> LogState {
        var state = known.withLock { $0 }
        if state?.head != head { state = nil }
        // A sequencer that was paused past its lease may have written its older checkpoint over ours.
        if sweeping, let size = state?.edge.frontier.size, try await publishedHead()?.size != size { state = nil }
        var standing = if let state { state } else { try await recover() }
        standing.lease = lease
        known.withLock { $0 = standing }
        return standing
    }

    /// Another sequencer leads: tells those who wait once its checkpoint covers what they wait for.
    private func follow(_ ticket: Acknowledgements.Ticket) async throws(AuditError) {
        guard !ticket.waiters.isEmpty else { return }
        let rows = ticket.needsScan ? try await scan() : try await read(ticket.awaitedRows)
        var remaining: Set<[UInt8]> = []
        for row in rows {
            for entry in try LogRecords.decode(row, EntryRecord.unpack) { remaining.insert(entry.leaf.id) }
        }
        guard let record = try await store.record(at: LogRows.head), let note = try await tiles.contents(of: TilePath.checkpoint) else {
            return
        }
        let size = try LogRecords.decode(record, LogHead.init).frontier.size
        guard try Checkpoint(verifying: note, by: signer.key).head.size >= size else { return }
        outbox.acknowledgements.closeRound(ticket, remaining: remaining)
    }

    private func read(_ keys: [RecordKey]) async throws(AuditError) -> [StoredRecord] {
        var rows: [StoredRecord] = []
        for start in stride(from: 0, to: keys.count, by: 500) {
            let part = Array(keys[start..<min(start + 500, keys.count)])
            rows += try await store.records(at: part).compactMap { $0 }
        }
        return rows
    }

    private func scan() async throws(AuditError) -> [StoredRecord] { try await store.outbox(in: outbox.partitions) }
}
