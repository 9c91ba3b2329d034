import AuditLog
import RecordStorage
import Synchronization

/// Where a log's files are and what its signer remembers: whole files on a server that fails now and then.
final class SimulatedLog: Sendable {
    private struct State {
        var files: [String: [UInt8]] = [:]
        var checkpoints: [[UInt8]] = []
        var head: TreeHead?
    }

    private let scheduler: SimulationScheduler
    fileprivate let rates: FaultRates
    private let state = Mutex(State())

    init(on scheduler: SimulationScheduler, rates: FaultRates) {
        self.scheduler = scheduler
        self.rates = rates
    }

    /// Every checkpoint that was ever there for all to see, in order.
    var checkpoints: [[UInt8]] { state.withLock { $0.checkpoints } }
    /// Every file.
    var files: [String: [UInt8]] { state.withLock { $0.files } }
    /// The files as anyone reads them, without faults.
    var source: some TileSource { Source(log: self) }

    func tiles(of process: SimulatedProcess) -> some TileStore { Tiles(log: self, process: process) }
    func heads(of process: SimulatedProcess) -> some SignerHeadStore { Heads(log: self, process: process) }

    fileprivate func write(_ bytes: [UInt8], to path: String) {
        state.withLock { state in
            state.files[path] = bytes
            if path == TilePath.checkpoint { state.checkpoints.append(bytes) }
        }
        scheduler.note { "the log has \(path)" }
    }

    fileprivate func remove(_ isUnneeded: (String) -> Bool) {
        state.withLock { state in
            for path in state.files.keys.filter(isUnneeded) { state.files[path] = nil }
        }
    }

    fileprivate func moveHead(from old: TreeHead?, to new: TreeHead) -> Bool {
        state.withLock { state in
            guard state.head == old else { return false }
            state.head = new
            return true
        }
    }

    private struct Source: TileSource {
        let log: SimulatedLog
        func contents(of path: String) async throws(AuditError) -> [UInt8]? { log.files[path] }
    }

    private struct Tiles: TileStore {
        let log: SimulatedLog
        let process: SimulatedProcess

        func contents(of path: String) async throws(AuditError) -> [UInt8]? {
            try await log.reach(process)
            return log.files[path]
        }

        func write(_ bytes: [UInt8], to path: String) async throws(AuditError) {
            try await log.reach(process)
            log.write(bytes, to: path)
            try await log.confirm(process)
        }

        func removePartials(of tile: TilePath) async throws(AuditError) {
            try await log.reach(process)
            let prefix = "\(tile.full).p/"
            log.remove { $0.hasPrefix(prefix) }
        }
    }

    private struct Heads: SignerHeadStore {
        let log: SimulatedLog
        let process: SimulatedProcess

        func head() async throws(AuditError) -> TreeHead? {
            try await log.reach(process)
            return log.state.withLock { $0.head }
        }

        func move(from old: TreeHead?, to new: TreeHead) async throws(AuditError) -> Bool {
            try await log.reach(process)
            let isMoved = log.moveHead(from: old, to: new)
            try await log.confirm(process)
            return isMoved
        }
    }

    private static let away = AuditError(StorageError(.unavailable, "The log's files cannot be reached (a fault made for a test)."))

    fileprivate func reach(_ process: SimulatedProcess) async throws(AuditError) {
        guard await process.pause(scheduler.duration(0...5)), !scheduler.happens(perMille: rates.current.lostCalls / 4) else {
            throw Self.away
        }
    }

    fileprivate func confirm(_ process: SimulatedProcess) async throws(AuditError) {
        guard await process.pause(scheduler.duration(0...5)), !scheduler.happens(perMille: rates.current.lostReplies / 4) else {
            throw Self.away
        }
    }
}
