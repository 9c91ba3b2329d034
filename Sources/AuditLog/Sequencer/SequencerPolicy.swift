/// How often and how much a sequencer works.
///
/// How long an event waits for its checkpoint, while its sequencer runs: at most ``cadence`` and one round if the event was
/// recorded in the sequencer's process (``poll`` and one round if somebody waits for it); at most ``sweep`` and one round if it
/// was recorded elsewhere or by a process since killed, and ``lease`` more if the killed process was the one that sequenced.
/// With the defaults and rounds under 200 ms that is under 2 s in every case.
public struct SequencerPolicy: Sendable, Hashable {
    /// How often the sequencer looks whether this process left it something to do; no database is asked for that.
    public var poll: Duration = .milliseconds(20)
    /// The time between two checkpoints while nobody waits for one.
    public var cadence: Duration = .milliseconds(400)
    /// The time between two looks into every partition, for what other processes left. One read a partition: 256 a second by
    /// default; raise it with 4,096 partitions, or where one process records everything.
    public var sweep: Duration = .milliseconds(800)
    /// How long a sequencer keeps others away after each checkpoint.
    public var lease: Duration = .milliseconds(800)
    /// Outbox rows of one sequencing commit, 1...5,000.
    public var batch = 2_000

    public init() {}
}
