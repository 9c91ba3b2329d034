import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

/// Every interleaving of a few requests on one number, with crashes, lost answers, a store that fails, and the passing of time at each step.
@Suite("No interleaving of requests, crashes and time breaks a promise")
struct ExhaustiveTests {
    /// What is searched, and what it has to meet.
    struct Search: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let policy: ChallengePolicy
        var isDeliverable = true
        let wishes: [(Wish, asksAgain: Int)]
        let meets: Set<RequestSearch.Event>
        var atLeast = 500

        func run(_ steps: RequestSteps = RequestSteps()) throws -> RequestSearch {
            try RequestSearch(policy, isDeliverable: isDeliverable, wishes, steps)
        }
    }

    private static func policy(tries: Int = 2, hourlyGuesses: Int = 4, yearlyFailures: Int = 20) -> ChallengePolicy {
        var guesses = GuessPolicy()
        guesses.hourlyLimit = hourlyGuesses
        guesses.yearlyFailuresBeforeLongCodes = yearlyFailures
        return try! ChallengePolicy(tries: tries, guesses: guesses)
    }

    private static func guess(
        _ attempt: UInt8, right generation: UInt32? = nil, of id: ChallengeID = SearchParties.first, digits: Int = 6
    ) -> Wish {
        .guess(id, SearchParties.digest(attempt), generation: generation, digits: digits)
    }

    /// Invariant 1: consumed once, and the same attempt gets the same answer.
    static let twoRight = Search(
        testDescription: "two right attempts, each asked again after a crash", policy: policy(),
        wishes: [(guess(1, right: 0), 1), (guess(2, right: 0), 1)], meets: [.won, .lost, .repeated, .refusedAfterWin, .busy])
    /// Invariant 2: paid, acknowledged, and only then compared.
    static let rightAndWrong = Search(
        testDescription: "a right and two wrong attempts on two tries", policy: policy(),
        wishes: [(guess(1, right: 0), 1), (guess(2), 0), (guess(3), 0)], meets: [.won, .lost, .busy], atLeast: 5_000)
    /// Invariant 3: a challenge begun in parallel, under another code key, refills nothing.
    static let secondChallenge = Search(
        testDescription: "wrong attempts at two challenges, the second begun among them", policy: policy(hourlyGuesses: 2),
        wishes: [
            (.begin(SearchParties.request(SearchParties.second, codeKeyID: 2)), 0), (guess(1), 1),
            (guess(3, of: SearchParties.second), 0), (guess(4, of: SearchParties.second), 0),
        ], meets: [.secondChallenge, .refusedByBudget, .busy, .lost], atLeast: 5_000)
    /// Invariant 4: what the store refuses is granted to nobody, and a resend refills nothing.
    static let resendAndSweep = Search(
        testDescription: "a right attempt, a wrong one, a resend and the sweeper", policy: policy(),
        wishes: [(guess(1, right: 0), 0), (guess(2), 0), (.resend(SearchParties.first), 0), (.sweep, 0)],
        meets: [.won, .lost, .busy, .ended], atLeast: 5_000)
    /// Invariant 5: of two codes of a challenge the older is dead, at whichever step the newer comes.
    static let newerCode = Search(
        testDescription: "a right attempt while a resend replaces its code", policy: policy(tries: 3, yearlyFailures: 2),
        wishes: [
            (guess(1, right: 0), 0), (guess(2), 0), (.resend(SearchParties.first), 1), (guess(3, right: 1, digits: 8), 0),
        ], meets: [.newGeneration, .olderCodeRefused, .won, .lost, .busy], atLeast: 5_000)
    /// Invariant 6: a decoy's answers are those of any other challenge whose code nobody has.
    static let decoy = Search(
        testDescription: "a decoy, its code guessed right, a resend, a second decoy and the sweeper", policy: policy(),
        isDeliverable: false,
        wishes: [
            (guess(1, right: 0), 1), (.resend(SearchParties.first), 0),
            (.begin(SearchParties.request(SearchParties.second, isDeliverable: false)), 0), (.sweep, 0),
        ], meets: [.decoySent, .decoyCompared, .lost, .ended, .busy], atLeast: 5_000)

    static let searches = [twoRight, rightAndWrong, secondChallenge, resendAndSweep, newerCode, decoy]

    @Test("Every world that can follow keeps the promises", arguments: searches)
    func keepsItsPromises(_ search: Search) throws {
        let found = try search.run()
        #expect(found.broken == nil)
        #expect(found.met.isSuperset(of: search.meets), "\(search.meets.subtracting(found.met)) was not met")
        #expect(found.worlds > search.atLeast, "\(found.worlds) worlds")
        if !search.isDeliverable { #expect(!found.met.contains(.won)) }
    }

    /// A step that is done wrong, and what the search says of it.
    struct Mistake: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let search: Search
        let says: String
        let steps: RequestSteps

        init(_ name: String, in search: Search, _ says: String, _ change: (inout RequestSteps) -> Void) {
            testDescription = name
            self.search = search
            self.says = says
            var steps = RequestSteps()
            change(&steps)
            self.steps = steps
        }

        /// A wrong decision about a row.
        init(_ name: String, in search: Search, _ says: String, decide: @escaping RequestSteps.Decide) {
            self.init(name, in: search, says) { $0.decide = decide }
        }
    }

    static let mistakes: [Mistake] = [
        Mistake("1: a completed challenge is completed again", in: twoRight, "consumed twice") { row, event, policy, now throws(OTPError) in
            guard case .complete(let id, _, _, _, _) = event, let index = row.challenges.firstIndex(where: { $0.id == id }) else {
                return try decide(row, event, policy, at: now)
            }
            var row = row
            row.challenges[index].state = .live(RowSecret(random: SeededRandom(2)))
            return try decide(row, event, policy, at: now)
        },
        Mistake("1: another attempt gets the winner's answer", in: twoRight, "an attempt was answered with another's outcome") {
            row, event, policy, now throws(OTPError) in
            if case .guess(let id, _, _, _) = event, let challenge = row.challenge(id), case .completed(_, let outcome) = challenge.state {
                return ChallengeDecision(state: row, permission: .repeatOutcome(outcome))
            }
            return try decide(row, event, policy, at: now)
        },
        Mistake("2: compared before it is paid", in: rightAndWrong, "compared before it was paid") { $0.comparesBeforePaying = true },
        Mistake("2: compared after an unknown outcome", in: rightAndWrong, "compared before it was paid") {
            $0.comparesAfterUnknownOutcome = true
        },
        Mistake("2: called wrong when the store is busy", in: rightAndWrong, "a code was called wrong that nobody compared") {
            $0.saysWrongWhenBusy = true
        },
        Mistake("2: not paid at all", in: rightAndWrong, "compared before it was paid") { row, event, policy, now throws(OTPError) in
            var decision = try decide(row, event, policy, at: now)
            if case .guess = event { decision.state = row }
            return decision
        },
        Mistake("3: a new challenge refills the budget", in: secondChallenge, "a guess was given back that was not right") {
            row, event, policy, now throws(OTPError) in
            var decision = try decide(row, event, policy, at: now)
            if case .begin = event { decision.state.guesses = GuessBudget() }
            return decision
        },
        Mistake("3: a new challenge refills the hour", in: secondChallenge, "more guesses than the number's budget") {
            row, event, policy, now throws(OTPError) in
            var decision = try decide(row, event, policy, at: now)
            if case .begin = event {
                decision.state.guesses.hour = Timestamp(milliseconds: 0)
                decision.state.guesses.day = Timestamp(milliseconds: 0)
            }
            return decision
        },
        Mistake("3: a resend gives tries back", in: resendAndSweep, "the row forgot a payment") {
            row, event, policy, now throws(OTPError) in
            var decision = try decide(row, event, policy, at: now)
            if case .resend = event { decision.state.challenges[0].paid = [] }
            return decision
        },
        Mistake("4: goes on when the store is down, to compare", in: rightAndWrong, "compared before it was paid") {
            $0.goesOnWithoutTheStore = true
        },
        Mistake("4: goes on when the store is down, to send", in: resendAndSweep, "a message went out that no commit had paid for") {
            row, event, policy, now throws(OTPError) in
            var decision = try decide(row, event, policy, at: now)
            if case .resend = event { decision.state = row }
            return decision
        },
        Mistake("5: the message leaves before its commit", in: resendAndSweep, "a message went out that no commit had paid for") {
            $0.sendsBeforeTheCommit = true
        },
        Mistake("5: the row does not count a resend", in: resendAndSweep, "the row forgot a sent code") {
            row, event, policy, now throws(OTPError) in
            var decision = try decide(row, event, policy, at: now)
            if case .resend = event { decision.state.challenges[0].sends = row.challenges[0].sends }
            return decision
        },
        Mistake("5: a replaced code completes", in: newerCode, "a code took effect that a newer one had replaced") {
            row, event, policy, now throws(OTPError) in
            guard case .complete(let id, let binding, let digest, _, let outcome) = event, let generation = row.challenge(id)?.generation
            else {
                return try decide(row, event, policy, at: now)
            }
            return try decide(row, .complete(id, binding, digest, generation: generation, outcome: outcome), policy, at: now)
        },
        Mistake("6: a decoy's message costs nothing", in: decoy, "a decoy is answered otherwise than a challenge that gets its message") {
            row, event, policy, now throws(OTPError) in
            var decision = try decide(row, event, policy, at: now)
            if case .send(let challenge) = decision.permission, !challenge.isDeliverable { decision.state.sends = row.sends }
            return decision
        },
        Mistake("6: a decoy is not found", in: decoy, "a decoy is answered otherwise than a challenge that gets its message") {
            row, event, policy, now throws(OTPError) in
            if case .resend(let id, _) = event, row.challenge(id)?.isDeliverable == false { throw .challengeNotFound }
            return try decide(row, event, policy, at: now)
        },
    ]

    @Test("A step that is done wrong is found", arguments: mistakes)
    func findsTheMistake(_ mistake: Mistake) throws {
        let found = try mistake.search.run(mistake.steps)
        #expect(found.broken == mistake.says)
    }
}
