import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

/// Every interleaving of a few requests on one number, with crashes, lost answers and the passing of time at each step.
@Suite("No interleaving of requests, crashes and time breaks a promise")
struct ExhaustiveTests {
    /// What a client wants. A guess keeps its attempt id however often it is asked again.
    private enum Wish: Hashable {
        case guess(AttemptDigest, isRight: Bool)
        case resend
        case sweep
    }

    /// Where a request is between the steps that somebody else can come between.
    private enum Step: Hashable {
        case waiting
        /// `nil` for a version: nothing changes, so nothing needs to be committed.
        case decided(ChallengeDecision, version: Int?)
        /// Paid and compared: right.
        case right
        case completing(ChallengeDecision, version: Int?)
        case done
    }

    private struct Request: Hashable {
        let wish: Wish
        var step = Step.waiting
        var asksAgain: Int
    }

    private struct World: Hashable {
        var row: NumberAttempts
        var version = 0
        var now: Timestamp
        var requests: [Request]
        /// Payments that were committed, and guesses that were compared.
        var paid: Set<AttemptDigest> = []
        var compared: Set<AttemptDigest> = []
        var winners: [AttemptDigest] = []
        var sends = 1
    }

    private static let start = Timestamp(milliseconds: 1_795_478_400_000)
    private static let id = ChallengeID(of: TestBench.tag(0), random: SeededRandom(1))
    private static let policy: ChallengePolicy = {
        var guesses = GuessPolicy()
        guesses.hourlyLimit = 4
        return try! ChallengePolicy(tries: 2, guesses: guesses)
    }()
    private static let binding = try! RequesterBinding(Requester(session: [1]))

    private func digest(_ byte: UInt8) -> AttemptDigest { AttemptDigest(bytes: [UInt8](repeating: byte, count: 16)) }

    private func world(_ wishes: [(Wish, asksAgain: Int)]) throws -> World {
        let request = ChallengeRequest(
            id: Self.id, purpose: .verification, subject: nil, binding: Self.binding, isDeliverable: true, codeKeyID: 1,
            rowSecret: RowSecret(random: SeededRandom(2)))
        let begun = try decide(NumberAttempts(), .begin(request), Self.policy, at: Self.start)
        return World(
            row: begun.state, now: Self.start + .seconds(31), requests: wishes.map { Request(wish: $0.0, asksAgain: $0.asksAgain) })
    }

    /// The worlds that may follow.
    private func successors(_ world: World) -> [World] {
        var next: [World] = []
        // Time: to just before expiry, to expiry, to the sweeper's hour.
        for point in [599_999, 600_000, 4_200_000] as [Int64] where world.now < Self.start + .milliseconds(point) {
            var later = world
            later.now = Self.start + .milliseconds(point)
            next.append(later)
        }
        for index in world.requests.indices {
            let request = world.requests[index]
            switch request.step {
            case .waiting: next.append(decided(world, index, request.wish))
            case .decided(let decision, let version):
                next += committed(world, index, decision, version, again: .waiting) { world in
                    world.requests[index].step = .done
                    switch (request.wish, decision.permission) {
                    case (.guess(let digest, let isRight), .compare):
                        if version != nil { world.paid.insert(digest) }
                        world.compared.insert(digest)
                        if isRight { world.requests[index].step = .right }
                    case (.resend, .send): world.sends += 1
                    default: break
                    }
                }
            case .right:
                guard case .guess(let digest, _) = request.wish else { continue }
                var here = world
                let event = ChallengeEvent.complete(Self.id, Self.binding, digest, generation: 0, outcome: [1])
                if let decision = try? decide(world.row, event, Self.policy, at: world.now), case .take = decision.permission {
                    here.requests[index].step = .completing(decision, version: world.version)
                } else {
                    here.requests[index].step = .done
                }
                next.append(here)
                next.append(crashed(world, index))
            case .completing(let decision, let version):
                guard case .guess(let digest, _) = request.wish else { continue }
                next += committed(world, index, decision, version, again: .right) { world in
                    world.winners.append(digest)
                    world.requests[index].step = .done
                }
            case .done: break
            }
        }
        return next
    }

    private func decided(_ world: World, _ index: Int, _ wish: Wish) -> World {
        var here = world
        let event: ChallengeEvent =
            switch wish {
            case .guess(let digest, _): .guess(Self.id, Self.binding, digest, digits: 6)
            case .resend: .resend(Self.id, Self.binding)
            case .sweep: .sweep
            }
        if let decision = try? decide(world.row, event, Self.policy, at: world.now) {
            here.requests[index].step = .decided(decision, version: decision.state == world.row ? nil : world.version)
        } else {
            here.requests[index].step = .done
        }
        return here
    }

    /// The commit lands and is acknowledged; lands and its answer is lost; meets a conflict; or the process dies before it.
    private func committed(
        _ world: World, _ index: Int, _ decision: ChallengeDecision, _ version: Int?, again: Step, _ then: (inout World) -> Void
    ) -> [World] {
        let dead = crashed(world, index)
        guard let version else {
            var unchanged = world
            then(&unchanged)
            return [unchanged, dead]
        }
        guard version == world.version else {
            var conflict = world
            conflict.requests[index].step = again
            return [conflict, dead]
        }
        var landed = world
        landed.row = decision.state
        landed.version += 1
        var acknowledged = landed
        then(&acknowledged)
        var lost = landed
        // The answer is lost, what it did is not.
        if case .guess(let digest, _) = world.requests[index].wish {
            lost.paid.insert(digest)
            if case .completing = world.requests[index].step { lost.winners.append(digest) }
        } else if case .send = decision.permission {
            lost.sends += 1
        }
        return [acknowledged, crashed(lost, index), dead]
    }

    /// The process is gone; the client asks again with the same attempt, if it has the patience.
    private func crashed(_ world: World, _ index: Int) -> World {
        var here = world
        if here.requests[index].asksAgain > 0 {
            here.requests[index].asksAgain -= 1
            here.requests[index].step = .waiting
        } else {
            here.requests[index].step = .done
        }
        return here
    }

    private func broken(_ world: World) -> String? {
        if world.winners.count > 1 { return "consumed twice" }
        if world.paid.count > Self.policy.tries { return "more guesses than tries" }
        if !world.compared.isSubset(of: world.paid) { return "compared before it was paid" }
        if let winner = world.winners.first, !world.compared.contains(winner) { return "won without having been compared" }
        if let challenge = world.row.challenge(Self.id) {
            if Set(challenge.paid.map(\.digest)) != world.paid { return "the row forgot a payment" }
            if challenge.sends != world.sends { return "the row forgot a sent code" }
            if challenge.isCompleted != (world.winners.count == 1) { return "completed without a winner, or the other way round" }
        }
        let unpaid = world.paid.count - world.winners.count
        if world.row.guesses.failures.total(at: world.now) != unpaid { return "a guess was given back that was not right" }
        return nil
    }

    private func explore(_ start: World) -> (worlds: Int, broken: String?, won: Bool, lost: Bool) {
        var seen: Set<World> = [start]
        var queue = [start]
        var (won, lost) = (false, false)
        while let world = queue.popLast() {
            if let broken = broken(world) { return (seen.count, broken, won, lost) }
            if world.requests.allSatisfy({ $0.step == .done }) {
                if world.winners.isEmpty { lost = true } else { won = true }
            }
            for next in successors(world) where seen.insert(next).inserted { queue.append(next) }
        }
        return (seen.count, nil, won, lost)
    }

    @Test("two right attempts, each asked again after a crash")
    func twoRight() throws {
        let found = explore(try world([(.guess(digest(1), isRight: true), 1), (.guess(digest(2), isRight: true), 1)]))
        #expect(found.broken == nil && found.won && found.lost && found.worlds > 500, "\(found)")
    }

    @Test("a right and two wrong attempts on two tries")
    func rightAndWrong() throws {
        let found = explore(
            try world([
                (.guess(digest(1), isRight: true), 1), (.guess(digest(2), isRight: false), 0), (.guess(digest(3), isRight: false), 0),
            ]))
        #expect(found.broken == nil && found.won && found.lost && found.worlds > 5_000, "\(found)")
    }

    @Test("a right attempt, a wrong one, a resend and the sweeper")
    func resendAndSweep() throws {
        let found = explore(
            try world([(.guess(digest(1), isRight: true), 1), (.guess(digest(2), isRight: false), 0), (.resend, 0), (.sweep, 0)]))
        #expect(found.broken == nil && found.won && found.lost && found.worlds > 5_000, "\(found)")
    }
}
