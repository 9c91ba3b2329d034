public import PhoneIdentity
import RecordStorage
import Synchronization

/// What came of asking a host that may die, over a network that loses things.
public enum SimulatedAnswer<Value: Sendable>: Sendable {
    case done(Value)
    case refused(IdentityError)
    /// Nobody answered; it may have been done.
    case lost
}

/// A place where the host's process runs: it dies now and then, and another one starts.
final class SimulatedHost: Sendable {
    private struct State {
        var running: (process: SimulatedProcess, service: IdentityService)?
        var isStopping = false
        var starts = 0
    }

    let name: String
    private let deployment: SimulatedDeployment
    private let state = Mutex(State())

    init(_ name: String, of deployment: SimulatedDeployment) {
        self.name = name
        self.deployment = deployment
    }

    private var scheduler: SimulationScheduler { deployment.scheduler }

    /// Keeps a process running until ``stop()``.
    func run() async {
        while !state.withLock({ $0.isStopping }) {
            let number = state.withLock { state in
                state.starts += 1
                return state.starts
            }
            let process = SimulatedProcess("\(name)#\(number)", on: scheduler)
            process.skew = deployment.drawnSkew()
            do throws(IdentityError) {
                let service = try await IdentityService.open(try deployment.environment(of: process))
                state.withLock { $0.running = (process, service) }
                scheduler.note { "\(process.name) runs" }
                await withTaskGroup { group in
                    group.addTask { await service.run() }
                    await process.untilDead()
                    group.cancelAll()
                }
                state.withLock { $0.running = nil }
            } catch {
                deployment.saw(error)
            }
            await deployment.world.pause(scheduler.duration(100...15_000))
        }
    }

    /// The process dies.
    func crash() { state.withLock { $0.running?.process }?.kill() }

    /// Its clock is set, forward or back.
    func stepClock() {
        guard let process = state.withLock({ $0.running?.process }) else { return }
        process.skew = deployment.drawnSkew()
        scheduler.note { "the clock of \(process.name) is off by \(process.skew)" }
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        crash()
    }

    /// Asks the process that runs now.
    func call<Value: Sendable>(
        _ what: String, _ body: @Sendable (IdentityService) async throws(IdentityError) -> Value
    ) async -> SimulatedAnswer<Value> {
        let (world, faults) = (deployment.world, deployment.rates.current)
        await world.pause(scheduler.duration(0...20))
        if scheduler.happens(perMille: faults.lostCalls) {
            await world.pause(.seconds(2))
            return .lost
        }
        guard let (process, service) = state.withLock({ $0.running }) else {
            await world.pause(.seconds(1))
            return .lost
        }
        scheduler.note { "\(process.name) is asked: \(what)" }
        let answer: SimulatedAnswer<Value>
        do throws(IdentityError) {
            answer = .done(try await body(service))
        } catch {
            answer = .refused(error)
        }
        guard !process.isDead, !scheduler.happens(perMille: faults.lostReplies) else {
            await world.pause(.seconds(2))
            scheduler.note { "no answer: \(what)" }
            return .lost
        }
        if case .refused(let error) = answer { deployment.saw(error) }
        await world.pause(scheduler.duration(0...20))
        scheduler.note {
            switch answer {
            case .done: "\(process.name) did: \(what)"
            case .refused(let error): "\(process.name) refused \(what): \(error.code.rawValue)"
            case .lost: ""
            }
        }
        return answer
    }
}
