import RecordStorage
import Synchronization

/// How often what goes wrong: of 1,000 commits, calls or messages, so many.
///
/// Each seed draws its own rates, and leaves many kinds of fault out: what is rare among all faults at once is common in some seeds.
public struct SimulatedFaults: Sendable, Hashable {
    // Of commits on a store.
    /// `.conflict`, although every expectation may hold.
    public var conflicts = 0
    /// `.unavailable`, and nothing written.
    public var refusals = 0
    /// `.outcomeUnknown`, and never made.
    public var lostRequests = 0
    /// `.outcomeUnknown`, and made.
    public var lostAnswers = 0
    /// `.outcomeUnknown`, and made seconds, minutes or hours later, if its expectations still hold.
    public var lateCommits = 0
    /// The disk does not confirm: `.outcomeUnknown`, made or not, and the store is away for a while.
    public var failedSyncs = 0
    /// The process dies while its commit is on the way; it lands or not, soon or late.
    public var deaths = 0

    /// Reads that fail.
    public var failedReads = 0
    /// Reads of several keys that see some of them earlier than others.
    public var tornReads = 0
    /// Answers that take up to seconds.
    public var delays = 0

    // Of calls to the key service, the host and the log's files.
    /// The call never arrives.
    public var lostCalls = 0
    /// It is done, and the answer never comes.
    public var lostReplies = 0
    /// It arrives at the key service twice.
    public var doubledCalls = 0

    // Of messages.
    public var lostMessages = 0
    public var doubledMessages = 0
    public var refusedMessages = 0

    // Over time: the mean number in 1,000 seconds.
    public var crashes = 0
    public var outages = 0
    public var clockSteps = 0
    /// Everything stands still, for minutes to weeks.
    public var leaps = 0

    public init() {}

    /// Nothing goes wrong.
    public static let none = Self()

    /// The rates of a seed.
    static func drawn(by scheduler: SimulationScheduler) -> Self {
        func rate(_ highest: Int) -> Int {
            switch scheduler.draw(below: 4) {
            case 0, 1: 0
            case 2: scheduler.draw(in: 1...max(1, highest / 6))
            default: scheduler.draw(in: 1...highest)
            }
        }
        var faults = Self()
        faults.conflicts = rate(120)
        faults.refusals = rate(80)
        faults.lostRequests = rate(80)
        faults.lostAnswers = rate(120)
        faults.lateCommits = rate(120)
        faults.failedSyncs = rate(30)
        faults.deaths = rate(120)
        faults.failedReads = rate(60)
        faults.tornReads = rate(500)
        faults.delays = rate(100)
        faults.lostCalls = rate(60)
        faults.lostReplies = rate(120)
        faults.doubledCalls = rate(200)
        faults.lostMessages = rate(200)
        faults.doubledMessages = rate(200)
        faults.refusedMessages = rate(100)
        faults.crashes = rate(40)
        faults.outages = rate(20)
        faults.clockSteps = rate(40)
        faults.leaps = rate(20)
        return faults
    }
}

/// The rates in force, for everything that fails. They change when a run comes to its quiet end.
final class FaultRates: Sendable {
    private let faults: Mutex<SimulatedFaults>

    init(_ faults: SimulatedFaults) { self.faults = Mutex(faults) }

    var current: SimulatedFaults {
        get { faults.withLock { $0 } }
        set { faults.withLock { $0 = newValue } }
    }
}
