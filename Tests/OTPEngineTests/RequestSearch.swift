import IdentityTypes
import RecordStorage

@testable import OTPEngine

/// How requests go through their steps: the engine's way, unless a test breaks it on purpose.
struct RequestSteps: Sendable {
    typealias Decide = @Sendable (NumberAttempts, ChallengeEvent, ChallengePolicy, Timestamp) throws(OTPError) -> ChallengeDecision

    var decide: Decide = { row, event, policy, now throws(OTPError) in try OTPEngine.decide(row, event, policy, at: now) }
    var comparesBeforePaying = false
    var comparesAfterUnknownOutcome = false
    var goesOnWithoutTheStore = false
    var sendsBeforeTheCommit = false
    var saysWrongWhenBusy = false
}

/// What a client wants. A guess keeps its attempt however often it is asked again.
enum Wish: Hashable {
    /// A code of `digits` digits, right for a generation of the challenge's code, or for none.
    case guess(ChallengeID, AttemptDigest, generation: UInt32?, digits: Int = 6)
    case begin(ChallengeRequest)
    case resend(ChallengeID)
    case sweep
}

/// Some of the requests of a search, by their places.
struct RequestSet: OptionSet, Hashable {
    let rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }
    init(_ index: Int) { rawValue = 1 << UInt16(index) }

    var count: Int { rawValue.nonzeroBitCount }
}

/// One state of the search: a number's row, who is at which step, and what has happened outside the row.
///
/// Rows and decisions are numbers of the search's table, so that a world is small. No row ever comes back, so its number is its version.
struct World: Hashable {
    /// Where a request is between the steps that somebody else can come between.
    enum Step: Hashable {
        case waiting
        /// Decided on this row. Nothing is committed where nothing changes.
        case decided(Int, on: Int)
        /// Paid and compared: right for this generation.
        case right(UInt32)
        case completing(Int, on: Int)
        case done
    }

    struct Request: Hashable {
        var step = Step.waiting
        var asksAgain: Int
    }

    var row: Int
    var now: Timestamp
    var requests: [Request]
    /// Payments that were committed, guesses that were compared, and those that took effect.
    var paid: RequestSet = []
    var compared: RequestSet = []
    /// Guesses that were answered "wrong".
    var calledWrong: RequestSet = []
    var winners: [Int] = []
    /// Messages of the first and the second challenge: those that a commit recorded, and those that went out.
    var recorded = [1, 0]
    var sent = [1, 0]
    /// A promise that the step to this world broke.
    var fault: String?
}

/// The exhaustive search over worlds.
struct RequestSearch {
    /// What at least one world of a search has to meet for it to be about its promise.
    enum Event: Hashable {
        case won, lost, repeated, refusedByBudget, refusedAfterWin, secondChallenge, newGeneration, olderCodeRefused, decoySent,
            decoyCompared, busy, ended
    }

    /// What a row says, in the search's words.
    private struct Facts {
        let failures: Int
        let challenges: [(place: Int, paid: RequestSet, isPaidByOthers: Bool, sends: Int, isCompleted: Bool)]
    }

    private struct Question: Hashable {
        let row: Int
        let now: Timestamp
        let request: Int
        /// The generation to complete; `nil` for the first step.
        let completing: UInt32?
    }

    private enum Answer {
        case decision(Int)
        case refusal(OTPError)
        /// A decoy shows itself.
        case difference
    }

    static let start = Timestamp(milliseconds: 1_795_478_400_000)
    let policy: ChallengePolicy
    let steps: RequestSteps
    private let wishes: [Wish]
    /// When time passes, in milliseconds after the start: to just before expiry, to expiry, to the sweeper's hour.
    private let times: [Int64] = [599_999, 600_000, 4_300_000]
    private var rows: [NumberAttempts] = []
    private var facts: [Facts] = []
    private var places: [NumberAttempts: Int] = [:]
    private var decisions: [(decision: ChallengeDecision, row: Int)] = []
    private var answers: [Question: Answer] = [:]
    private(set) var worlds = 0
    private(set) var met: Set<Event> = []
    private(set) var broken: String?

    /// Looks at every world that can follow, or stops at the first that breaks a promise. The first challenge has just been begun.
    init(_ policy: ChallengePolicy, isDeliverable: Bool, _ wishes: [(Wish, asksAgain: Int)], _ steps: RequestSteps) throws {
        self.policy = policy
        self.steps = steps
        self.wishes = wishes.map(\.0)
        let request = SearchParties.request(SearchParties.first, isDeliverable: isDeliverable)
        let row = place(of: try decide(NumberAttempts(), .begin(request), policy, at: Self.start).state)
        let requests = wishes.map { World.Request(asksAgain: $0.asksAgain) }
        run(from: World(row: row, now: Self.start + .seconds(31), requests: requests))
    }

    private mutating func run(from start: World) {
        var seen: Set<World> = [start]
        var queue = [start]
        while let world = queue.popLast() {
            broken = broken(world)
            if broken != nil { break }
            if world.requests.allSatisfy({ $0.step == .done }) { met.insert(world.winners.isEmpty ? .lost : .won) }
            for next in successors(world) where seen.insert(next).inserted { queue.append(next) }
        }
        worlds = seen.count
    }

    private mutating func successors(_ world: World) -> [World] {
        var next: [World] = []
        for point in times where world.now < Self.start + .milliseconds(point) {
            var later = world
            later.now = Self.start + .milliseconds(point)
            next.append(later)
        }
        for index in world.requests.indices {
            switch world.requests[index].step {
            case .waiting: next.append(decided(world, index))
            case .decided(let decision, let row), .completing(let decision, let row): next += committed(world, index, decision, row)
            case .right(let generation): next += [completing(world, index, generation), crashed(world, index)]
            case .done: break
            }
        }
        return next
    }

    private mutating func decided(_ world: World, _ index: Int) -> World {
        var here = world
        here.requests[index].step = .done
        switch answer(Question(row: world.row, now: world.now, request: index, completing: nil)) {
        case .decision(let number):
            here.requests[index].step = .decided(number, on: world.row)
            let decision = decisions[number].decision
            if steps.comparesBeforePaying, case .compare = decision.permission { here.compared.insert(RequestSet(index)) }
            if steps.sendsBeforeTheCommit, case .send(let challenge) = decision.permission {
                here.sent[SearchParties.place(challenge.id)] += 1
            }
            if !decision.ended.isEmpty { met.insert(.ended) }
        case .refusal(let error):
            if error.code == .tooManyGuesses { met.insert(.refusedByBudget) }
            if error.code == .alreadyCompleted { met.insert(.refusedAfterWin) }
            if error.code == .malformedCode { met.insert(.olderCodeRefused) }
        case .difference: here.fault = "a decoy is answered otherwise than a challenge that gets its message"
        }
        return here
    }

    private mutating func completing(_ world: World, _ index: Int, _ generation: UInt32) -> World {
        var here = world
        here.requests[index].step = .done
        switch answer(Question(row: world.row, now: world.now, request: index, completing: generation)) {
        case .decision(let number):
            if case .take = decisions[number].decision.permission {
                here.requests[index].step = .completing(number, on: world.row)
            } else {
                use(decisions[number].decision.permission, index, &here)
            }
        case .refusal(let error):
            guard case .guess(let id, _, _, _) = wishes[index], error.code == .expired else { break }
            if let now = rows[world.row].challenge(id)?.generation, now != generation { met.insert(.olderCodeRefused) }
        case .difference: break
        }
        return here
    }

    /// What is decided; and of a row with a decoy, whether it is what would be decided if there were none: nobody may see a difference.
    private mutating func answer(_ question: Question) -> Answer {
        if let known = answers[question] { return known }
        let (row, now) = (rows[question.row], question.now)
        let event: ChallengeEvent =
            switch (wishes[question.request], question.completing) {
            case (.guess(let id, let digest, _, _), let generation?):
                .complete(id, SearchParties.binding, digest, generation: generation, outcome: digest.bytes)
            case (.guess(let id, let digest, _, let digits), nil): .guess(id, SearchParties.binding, digest, digits: digits)
            case (.begin(let request), _): .begin(request)
            case (.resend(let id), _): .resend(id, SearchParties.binding)
            case (.sweep, _): .sweep
            }
        let result = Result { () throws(OTPError) in try steps.decide(row, event, policy, now) }
        let twin = Result { () throws(OTPError) in try steps.decide(row.withoutDecoys, event.withoutDecoys, policy, now) }
        let answer: Answer
        if question.completing == nil, result.map(\.withoutDecoys) != twin {
            answer = .difference
        } else {
            switch result {
            case .success(let decision):
                decisions.append((decision, place(of: decision.state)))
                answer = .decision(decisions.count - 1)
            case .failure(let error): answer = .refusal(error)
            }
        }
        answers[question] = answer
        return answer
    }

    private mutating func place(of row: NumberAttempts) -> Int {
        if let place = places[row] { return place }
        places[row] = rows.count
        rows.append(row)
        let challenges = row.challenges.map { challenge in
            var (paid, others) = (RequestSet(), false)
            for guess in challenge.paid {
                let index = wishes.firstIndex { if case .guess(challenge.id, guess.digest, _, _) = $0 { true } else { false } }
                if let index { paid.insert(RequestSet(index)) } else { others = true }
            }
            return (SearchParties.place(challenge.id), paid, others, challenge.sends, challenge.isCompleted)
        }
        // All times of a search are in one month.
        facts.append(Facts(failures: row.guesses.failures.total(at: Self.start), challenges: challenges))
        return rows.count - 1
    }

    /// The commit lands and is acknowledged; lands and its answer is lost; meets a conflict; is refused; or the process dies before it.
    private mutating func committed(_ world: World, _ index: Int, _ number: Int, _ row: Int) -> [World] {
        let dead = crashed(world, index)
        let (decision, next) = decisions[number]
        if next == row {
            var unchanged = world
            use(decision.permission, index, &unchanged)
            return [unchanged, dead]
        }
        var unavailable = busy(world, index)
        if steps.goesOnWithoutTheStore {
            unavailable = world
            use(decision.permission, index, &unavailable)
        }
        guard row == world.row else {
            var conflict = world
            if case .completing = world.requests[index].step, case .guess(_, _, let generation?, _) = wishes[index] {
                conflict.requests[index].step = .right(generation)
            } else {
                conflict.requests[index].step = .waiting
            }
            return [conflict, unavailable, dead]
        }
        var landed = world
        landed.row = next
        // What the commit did is done, whoever learns of it.
        switch (wishes[index], decision.permission) {
        case (.guess, .compare): landed.paid.insert(RequestSet(index))
        case (.guess(let id, _, let generation, _), .take):
            landed.winners.append(index)
            let before = rows[row].challenge(id)
            if before?.generation != generation { landed.fault = "a code took effect that a newer one had replaced" }
            if before?.isDeliverable != true { landed.fault = "a decoy was completed" }
        case (_, .send(let challenge)):
            landed.recorded[SearchParties.place(challenge.id)] += 1
            if landed.recorded[1] > 0 { met.insert(.secondChallenge) }
            if challenge.generation > 0 { met.insert(.newGeneration) }
        default: break
        }
        var acknowledged = landed
        use(decision.permission, index, &acknowledged)
        guard steps.comparesAfterUnknownOutcome else { return [acknowledged, busy(landed, index), unavailable, dead] }
        var unknown = landed
        use(decision.permission, index, &unknown)
        var unknownAndLost = world
        use(decision.permission, index, &unknownAndLost)
        return [acknowledged, unknown, unknownAndLost, dead]
    }

    /// What a request does with what its commit permits.
    private mutating func use(_ permission: ChallengeDecision.Permission, _ index: Int, _ world: inout World) {
        world.requests[index].step = .done
        switch (wishes[index], permission) {
        case (.guess(_, _, let generation, _), .compare(let challenge)):
            world.compared.insert(RequestSet(index))
            if !challenge.isDeliverable { met.insert(.decoyCompared) }
            if challenge.isDeliverable, generation == challenge.generation {
                world.requests[index].step = .right(challenge.generation)
            } else {
                world.calledWrong.insert(RequestSet(index))
            }
        case (.guess(_, let digest, _, _), .repeatOutcome(let outcome)):
            met.insert(.repeated)
            if !world.winners.contains(index) || outcome != digest.bytes { world.fault = "an attempt was answered with another's outcome" }
        case (_, .send(let challenge)):
            if !challenge.isDeliverable { met.insert(.decoySent) }
            if !steps.sendsBeforeTheCommit { world.sent[SearchParties.place(challenge.id)] += 1 }
        default: break
        }
    }

    /// The process is gone; the client asks again with the same attempt, if it has the patience.
    private func crashed(_ world: World, _ index: Int) -> World {
        var here = world
        here.requests[index].step = .done
        if here.requests[index].asksAgain > 0 {
            here.requests[index].asksAgain -= 1
            here.requests[index].step = .waiting
        }
        return here
    }

    /// The answer is "try again": the store refused, or did not say what became of the commit. It tells nothing about the code.
    private mutating func busy(_ world: World, _ index: Int) -> World {
        met.insert(.busy)
        var here = crashed(world, index)
        if steps.saysWrongWhenBusy, case .guess = wishes[index] { here.calledWrong.insert(RequestSet(index)) }
        return here
    }

    private func broken(_ world: World) -> String? {
        if let fault = world.fault { return fault }
        let winners = world.winners.map(RequestSet.init).reduce(into: RequestSet()) { $0.formUnion($1) }
        if !world.paid.isSuperset(of: winners) { return "completed without a payment" }
        let won = world.winners.map { challenge(of: $0) }
        if won.count > Set(won).count { return "consumed twice" }
        if !world.calledWrong.isSubset(of: world.compared) { return "a code was called wrong that nobody compared" }
        if !world.compared.isSubset(of: world.paid) { return "compared before it was paid" }
        if !world.compared.isSuperset(of: winners) { return "won without having been compared" }
        let spent = world.paid.count - world.winners.count
        let earned = Int((world.now - Self.start).wholeMilliseconds / policy.guesses.hourly.interval)
        if spent > policy.guesses.hourly.burst + earned { return "more guesses than the number's budget" }
        let facts = facts[world.row]
        if facts.failures != spent { return "a guess was given back that was not right" }
        for place in 0...1 where world.sent[place] > world.recorded[place] { return "a message went out that no commit had paid for" }
        for challenge in facts.challenges {
            let paid = wishes.indices.filter { self.challenge(of: $0) == challenge.place && world.paid.contains(RequestSet($0)) }
            if paid.count > policy.tries { return "more guesses than tries" }
            let isWhole = challenge.paid.count == paid.count && paid.allSatisfy { challenge.paid.contains(RequestSet($0)) }
            if challenge.isPaidByOthers || !isWhole { return "the row forgot a payment" }
            if challenge.sends != world.recorded[challenge.place] { return "the row forgot a sent code" }
            if challenge.isCompleted != won.contains(challenge.place) { return "completed without a winner, or the other way round" }
        }
        return nil
    }

    /// The challenge that a request guesses at; -1 for other requests.
    private func challenge(of index: Int) -> Int {
        if case .guess(let id, _, _, _) = wishes[index] { SearchParties.place(id) } else { -1 }
    }
}

/// Who and what the searches are about.
enum SearchParties {
    static let binding = try! RequesterBinding(Requester(session: [1]))
    static let first = ChallengeID(of: TestBench.tag(0), random: SeededRandom(1))
    static let second = ChallengeID(of: TestBench.tag(0), random: SeededRandom(3))

    static func place(_ id: ChallengeID) -> Int { id == first ? 0 : 1 }

    static func digest(_ byte: UInt8) -> AttemptDigest { AttemptDigest(bytes: [UInt8](repeating: byte, count: 16)) }

    static func request(_ id: ChallengeID, isDeliverable: Bool = true, codeKeyID: UInt32 = 1) -> ChallengeRequest {
        ChallengeRequest(
            id: id, purpose: .verification, subject: nil, binding: binding, isDeliverable: isDeliverable, codeKeyID: codeKeyID,
            rowSecret: RowSecret(random: SeededRandom(2)))
    }
}

extension Challenge {
    var withoutDecoys: Challenge {
        Challenge(
            id: id, purpose: purpose, subject: subject, binding: binding, isDeliverable: true, method: method, reason: reason,
            codeKeyID: codeKeyID, generation: generation,
            digits: digits, tries: tries, created: created, expires: expires, sends: sends, paid: paid, state: state)
    }
}

extension NumberAttempts {
    var withoutDecoys: NumberAttempts {
        var row = self
        row.challenges = challenges.map(\.withoutDecoys)
        return row
    }
}

extension ChallengeEvent {
    var withoutDecoys: ChallengeEvent {
        guard case .begin(let request) = self else { return self }
        return .begin(SearchParties.request(request.id, codeKeyID: request.codeKeyID))
    }
}

extension ChallengeDecision {
    var withoutDecoys: ChallengeDecision {
        let permission: Permission =
            switch permission {
            case .send(let challenge): .send(challenge.withoutDecoys)
            case .compare(let challenge): .compare(challenge.withoutDecoys)
            default: permission
            }
        return ChallengeDecision(state: state.withoutDecoys, permission: permission, ended: ended.map(\.withoutDecoys))
    }
}
