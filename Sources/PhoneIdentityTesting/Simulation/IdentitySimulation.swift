import Dispatch
public import RecordStorage

/// The whole library under a seed: people, hosts, key service, gateway and log, and everything that can go wrong between them.
///
/// Owners sign up, from two windows at once, decide about consents, step up, recover, are erased and come back; strangers guess. Meanwhile
/// processes die, commits are lost or land hours late, clocks jump, messages are doubled. Each promise is looked at with every commit and every
/// answer, and all of them at the end, when everything has become quiet.
///
/// ```swift
/// let report = try await IdentitySimulation().run(seed: 7)
/// #expect(report.broken.isEmpty, "\(report)")
/// ```
///
/// The same seed is the same run, job for job. A host's own adapters run under the same seeds (``stores``), and its own flows beside the others'
/// (``flows``).
public struct IdentitySimulation: Sendable {
    /// How many phone numbers have an owner with two windows, and a stranger. 1...9.
    public var numbers = 3
    /// How many more are seen once: somebody signs up, and does not wait. 0...9.
    public var passersBy = 3
    /// How many host processes at a time.
    public var hosts = 2
    /// What goes wrong; `nil` lets the seed draw.
    public var faults: SimulatedFaults?
    /// Makes the two stores of a new deployment, empty, for each run; `nil` keeps them in memory. Stores that wait for a disk or a network
    /// are called one at a time, and the run repeats as far as their answers do.
    public var stores: (@Sendable () async throws -> (identity: any RecordStore, keys: any RecordStore))?
    /// What else people do: each flow is run beside the others, once for each number.
    public var flows: [@Sendable (SimulatedPerson) async -> Void] = []

    public init() {}

    /// Runs one seed on a thread of its own.
    ///
    /// - Parameter isTracing: keeps what happens, step by step, in the report.
    /// - Throws: what ``stores`` throws. A broken promise is no error but in the report.
    public func run(seed: UInt64, isTracing: Bool = false) async throws -> SimulationReport {
        let scheduler = SimulationScheduler(seed: seed, isTracing: isTracing)
        let end = await withCheckedContinuation { continuation in
            // Blocks until the run is over, which none of the threads that all tasks share may.
            DispatchQueue(label: "IdentitySimulation").async {
                continuation.resume(
                    returning: scheduler.run { () async -> Result<[String], any Error> in
                        do { return .success(try await self.live(on: scheduler)) } catch { return .failure(error) }
                    })
            }
        }
        let broken: [String]
        switch end {
        case .finished(let result): broken = try result.get()
        case .stuck: broken = ["everybody waits for what never comes"]
        case .endless: broken = ["the run does not end"]
        }
        return SimulationReport(seed: seed, broken: broken, digest: scheduler.digest, jobs: scheduler.jobs, trace: scheduler.trace)
    }

    // MARK: A run

    private func live(on scheduler: SimulationScheduler) async throws -> [String] {
        let stores = try await madeStores(scheduler)
        let deployment = try SimulatedDeployment(
            on: scheduler, faults: faults ?? .drawn(by: scheduler), hosts: hosts, identity: stores?.identity, keys: stores?.keys)
        scheduler.note { "\(deployment.rates.current)" }
        var people: [SimulatedPerson] = []
        for index in 0..<numbers + passersBy {
            let number = "+\(SimulatedDeployment.plant)00\(index < 9 ? "0" : "")\(index + 1)"
            people.append(SimulatedPerson(deployment: deployment, number: number, tags: try await deployment.tags(of: number)))
        }
        await withTaskGroup { group in
            for host in deployment.hosts { group.addTask { await host.run() } }
            await Weather(deployment: deployment).during { [people] in await lives(of: people) }
            await SimulationEnd(deployment: deployment, people: people).settle()
            for host in deployment.hosts { host.stop() }
        }
        return deployment.watch.broken
    }

    private func madeStores(_ scheduler: SimulationScheduler) async throws -> (identity: any RecordStore, keys: any RecordStore)? {
        guard let stores else { return nil }
        return try await scheduler.outside { try await stores() }
    }

    private func lives(of people: [SimulatedPerson]) async {
        await withTaskGroup { group in
            for person in people[numbers...] { group.addTask { await person.passBy() } }
            for person in people[..<numbers] {
                group.addTask { await person.liveAsOwner() }
                group.addTask { await person.liveInSecondWindow() }
                group.addTask { await person.liveAsStranger() }
                for flow in flows { group.addTask { await flow(person) } }
            }
        }
    }
}

/// What a run came to.
public struct SimulationReport: Sendable, CustomStringConvertible {
    public let seed: UInt64
    /// A sentence for each promise that was broken; none is what should be.
    public let broken: [String]
    /// The run in 64 bits: equal for equal runs.
    public let digest: UInt64
    /// How many steps were taken.
    public let jobs: Int
    /// What happened, a line each, where it was traced.
    public let trace: [String]

    public var description: String {
        broken.isEmpty ? "seed \(seed): every promise kept" : "seed \(seed): \(broken.joined(separator: "; "))"
    }
}
