/// What goes wrong over time: processes that die, stores that go away, clocks that are set, machines that are suspended.
struct Weather: Sendable {
    let deployment: SimulatedDeployment

    private var scheduler: SimulationScheduler { deployment.scheduler }

    /// Makes weather until `body` returns.
    func during(_ body: @Sendable () async -> Void) async {
        await withTaskGroup { group in
            group.addTask { await blow() }
            await body()
            group.cancelAll()
        }
    }

    private func blow() async {
        while !Task.isCancelled {
            do { try await deployment.world.clock.sleep(for: .seconds(1)) } catch { return }
            let faults = deployment.rates.current
            if scheduler.happens(perMille: faults.crashes) { deployment.host.crash() }
            if scheduler.happens(perMille: faults.crashes / 4) { deployment.keyServer.crash() }
            if scheduler.happens(perMille: faults.outages) { deployment.identity.goAway(for: scheduler.duration(500...20_000)) }
            if scheduler.happens(perMille: faults.outages / 2) { deployment.keys.goAway(for: scheduler.duration(500...20_000)) }
            if scheduler.happens(perMille: faults.clockSteps) { deployment.host.stepClock() }
            if scheduler.happens(perMille: faults.leaps) { scheduler.leap(leap()) }
        }
    }

    /// From minutes, in which a challenge lives, to the weeks after which a number may be somebody else's.
    private func leap() -> Duration {
        switch scheduler.draw(below: 12) {
        case 0...4: .seconds(scheduler.draw(in: 20...600))
        case 5...7: .seconds(scheduler.draw(in: 600...5_400))
        case 8, 9: .seconds(scheduler.draw(in: 5_400...90_000))
        case 10: .seconds(scheduler.draw(in: 8...14) * 86_400)
        default: .seconds(46 * 86_400)
        }
    }
}
