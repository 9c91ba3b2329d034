import AuditLog
import IdentityTypes
import Messaging
public import OTPEngine
import RecordStorage
import SealedStore

extension IdentityService {
    /// Keeps the service going: hands messages to the transport, puts events into the log, sweeps what is over.
    ///
    /// A plain async function: run it beside the server, in a task group or a service group, for as long as the process lives. Without it
    /// no code is ever sent. It returns when its task is cancelled; a part that fails is observed and started again.
    public func run() async {
        await withTaskGroup { group in
            group.addTask {
                await MessageDispatcher(
                    queue: queue,
                    handOver: MessageHandOver(
                        transport: environment.transport, ledger: deliveries, observer: environment.observer,
                        time: environment.time)
                )
                .run()
            }
            group.addTask { await runSequencer() }
            group.addTask { await runSweeper() }
            group.addTask { await runNotices() }
            group.addTask { await environment.transport.run(self) }
            group.addTask { await runCompletions() }
        }
    }

    /// Waits until everything that was recorded before this call is in a signed checkpoint that lasts.
    ///
    /// - Throws: ``IdentityError``: `storage.unavailable` when ``run()`` is not running here, `storage.cancelled`.
    public func checkpointed() async throws(IdentityError) {
        do { try await outbox.acknowledgeAll(in: store) } catch { throw IdentityError(error) }
    }

    /// Hands back what this process holds of shared budgets and has not used, and tells them of completions: call it when the process ends.
    ///
    /// - Throws: ``IdentityError``: `.busy` or a storage code. Nothing is lost but some messages of today's limits.
    public func settleBudgets() async throws(IdentityError) {
        do throws(OTPError) { _ = try await engine.settleBudgets(idle: .zero) } catch { throw IdentityError(error) }
    }

    /// What codes have cost today and yesterday: for the whole deployment, then for each of these countries to which any was sent.
    ///
    /// - Parameter countries: ITU country calling codes; all where nothing is said.
    /// - Throws: ``IdentityError`` with a storage code.
    public func spending(in countries: [UInt16] = (1...999).map { $0 }) async throws(IdentityError) -> [SpendingReport] {
        do throws(OTPError) { return try await engine.spending(in: countries) } catch { throw IdentityError(error) }
    }

    private func runSequencer() async {
        let log = environment.log
        while !Task.isCancelled {
            let sequencer = Self.sequencer(store, log, outbox, environment)
            do {
                try await sequencer.run()
            } catch {
                // Somebody has to look at it; people go on signing up, and the entries wait in the outbox.
                environment.observer.observe(Observation(.sequencer, "stopped", errorCode: error.code.rawValue))
                do { try await environment.time.sleep(for: .seconds(10)) } catch { return }
            }
        }
    }

    private static func sequencer(
        _ store: some RecordStore, _ log: IdentityEnvironment.Log, _ outbox: AuditOutbox, _ environment: IdentityEnvironment
    ) -> LogSequencer {
        func make(_ tiles: some TileStore, _ time: some TimeSource, _ random: some RandomSource, _ observer: some Observer) -> LogSequencer
        {
            LogSequencer(
                store: store, outbox: outbox, signer: log.signer, tiles: tiles, policy: log.sequencer, time: time, random: random,
                observer: observer)
        }
        return make(log.tiles, environment.time, environment.random, environment.observer)
    }

    private func runSweeper() async {
        while !Task.isCancelled {
            do { try await environment.time.sleep(for: .seconds(60)) } catch { return }
            do {
                let swept = try await sweep()
                if swept > 0 { environment.observer.observe(Observation(.sweeper, "swept", count: swept)) }
            } catch {
                environment.observer.observe(Observation(.sweeper, "sweep-failed", errorCode: error.code.rawValue))
            }
        }
    }

    /// One round over everything that is over: abandoned challenges, orphaned keys, interrupted erasures; and what this process knows of shared
    /// budgets and their rows do not.
    ///
    /// ``run()`` does this every minute; an operator's job may do it too.
    ///
    /// - Returns: how much was settled.
    @discardableResult
    public func sweep() async throws(IdentityError) -> Int {
        try await measuring(.sweep) { () async throws(IdentityError) in try await sweepAll() }
    }

    private func sweepAll() async throws(IdentityError) -> Int {
        var count = 0
        // Nothing else waits for it: what is not told today is told with the next slice.
        do throws(OTPError) { count += try await engine.settleBudgets() } catch {
            environment.observer.observe(Observation(.sweeper, "budgets-not-told", errorCode: error.code.rawValue))
        }
        for partition in environment.partitions.all {
            var cursor: [UInt8]?
            repeat {
                let swept: ChallengeSweep
                do { swept = try await engine.sweep(partition, after: cursor) } catch { throw IdentityError(error) }
                count += swept.ended + swept.deleted
                cursor = swept.cursor
            } while cursor != nil
            var row: [UInt8]?
            repeat {
                let pass: AuthenticatorPass
                do throws(OTPError) { _ = try await authenticator.reseal(partition, after: row) } catch {
                    environment.observer.observe(Observation(.sweeper, "authenticators-not-resealed", errorCode: error.code.rawValue))
                }
                do { pass = try await authenticator.sweep(partition, after: row) } catch { throw IdentityError(error) }
                count += pass.changed
                row = pass.cursor
            } while row != nil
            count += try await resumeErasures(in: partition)
            count += try await sweepExpired(in: partition)
        }
        count += try await importReleases()
        do { count += try await environment.keyService.sweep() } catch { throw IdentityError(error) }
        let orphans = OrphanSweep(store: store, keyService: environment.keyService, recorder: outbox, random: environment.random)
        while true {
            let batch = 500
            let settled: Int
            do throws(VaultError) {
                let (confirmed, sweptAway) = try await orphans.sweep(now: now, limit: batch)
                settled = confirmed + sweptAway
            } catch {
                throw IdentityError(error)
            }
            count += settled
            if settled < batch { return count }
        }
    }
}
