import RecordStorage

/// One life of a record: from a claim of its key to a deletion, or to the end of the history.
struct RecordLife {
    enum End {
        case none
        case deletion(Int)
        /// Nobody is known to have deleted it, and a commit of unknown outcome, which began then, may have.
        case possibleDeletion(began: Int)
    }

    let key: RecordKey
    /// The commit that claimed the key.
    let first: Int
    /// The last version.
    var version: RecordVersion {
        didSet { versions.insert(version) }
    }
    private(set) var versions: Set<RecordVersion>
    /// The commits after which a next life may begin: the deletion, or else the last put and those that check it.
    var tails: [Int]
    var end = End.none
    private(set) var events: [KeyTimeline.Event] = []
    /// Where each step begins in `events`. Steps are a put, then what saw its version, then the next put; within a step there is no order.
    private var steps: [Int] = []

    init(key: RecordKey, first: Int, version: RecordVersion) {
        self.key = key
        self.first = first
        self.version = version
        versions = [version]
        tails = [first]
    }

    mutating func append(_ step: [KeyTimeline.Event]) {
        steps.append(events.count)
        events += step
    }

    /// The tick at which the record was there for certain.
    var earliestEnd: Int { events.lazy.map(\.ended).min() ?? .max }

    /// The last tick at which something began that needs the record; `Int.max` when it never goes.
    var latestBeginning: Int {
        let last = events.lazy.map(\.began).max() ?? .min
        return switch end {
        case .none: .max
        case .deletion: last
        case .possibleDeletion(let began): max(last, began)
        }
    }

    /// Whether the order of time allows this life to be over before the other one begins.
    func mayPrecede(_ other: RecordLife) -> Bool {
        if case .none = end { return false }
        return other.earliestEnd >= latestBeginning
    }

    /// Two events that time has the other way round; of several, one after a write.
    var disorder: (later: KeyTimeline.Event, earlier: KeyTimeline.Event)? {
        var firstWrite: KeyTimeline.Event?
        var firstOther: KeyTimeline.Event?
        for (step, start) in steps.enumerated().reversed() {
            let events = events[start..<(step + 1 < steps.count ? steps[step + 1] : events.count)]
            for event in events {
                for later in [firstWrite, firstOther] {
                    if let later, later.ended < event.began { return (later, event) }
                }
            }
            for event in events {
                if case .write = event.kind {
                    if event.ended < firstWrite?.ended ?? .max { firstWrite = event }
                } else if event.ended < firstOther?.ended ?? .max {
                    firstOther = event
                }
            }
        }
        return nil
    }

    /// The links among commits that this life alone makes: each put before those that check it, and all of them before the next.
    var links: [(from: Int, to: Int)] {
        var links: [(Int, Int)] = []
        var writer: Int?
        var checkers: [Int] = []
        for event in events {
            switch event.kind {
            case .read: break
            case .check(let commit):
                if let writer { links.append((writer, commit)) }
                checkers.append(commit)
            case .write(let commit):
                if let writer { links.append((writer, commit)) }
                for checker in checkers { links.append((checker, commit)) }
                writer = commit
                checkers = []
            }
        }
        return links
    }
}
