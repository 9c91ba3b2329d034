import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("What is over is recorded and taken away, in one commit")
struct SweepTests {
    private func events(_ bench: TestBench) async throws -> [String] {
        let range = RecordRange(partition: Partition(rawValue: 0), collection: RowRecorder.collection)
        return try await bench.store.wrapped.records(in: range, limit: 1_000).map { String(decoding: $0.value, as: UTF8.self) }.sorted()
    }

    private func sweepAll(_ bench: TestBench) async throws -> ChallengeSweep {
        var total = ChallengeSweep()
        for partition in PartitionCount.standard.all {
            var cursor: [UInt8]?
            repeat {
                let sweep = try await bench.engine.sweep(partition, after: cursor, limit: 3)
                (total.ended, total.deleted, total.skipped) = (
                    total.ended + sweep.ended, total.deleted + sweep.deleted, total.skipped + sweep.skipped
                )
                cursor = sweep.cursor
            } while cursor != nil
        }
        return total
    }

    @Test("abandoned and exhausted challenges get their entry an hour late; completed ones are the caller's")
    func entries() async throws {
        let bench = TestBench()
        _ = try await bench.begin(TestBench.tag(1))
        let exhausted = try await bench.begin(TestBench.tag(2), purpose: .accountRecovery)
        for _ in 0..<5 { _ = await bench.refusal { () async throws(OTPError) in try await bench.fail(exhausted) } }
        try await bench.succeed(bench.begin(TestBench.tag(3)))
        bench.clock.advance(.seconds(600 + 3_599))
        #expect(try await sweepAll(bench).ended == 0)
        bench.clock.advance(.seconds(1))
        #expect(try await sweepAll(bench).ended == 2)
        #expect(
            try await events(bench) == [
                "challengeAbandoned sends=1 guesses=0 method=sms", "challengeExhausted sends=1 guesses=5 method=sms",
            ])
        #expect(try await sweepAll(bench).ended == 0)
    }

    @Test("a row goes when all its budgets are at rest, and not before")
    func rows() async throws {
        let bench = TestBench()
        for seed in 0..<20 as Range<UInt64> { try await bench.succeed(bench.begin(TestBench.tag(seed))) }
        let failed = try await bench.begin(TestBench.tag(99))
        _ = await bench.refusal { () async throws(OTPError) in try await bench.fail(failed) }
        bench.clock.advance(.seconds(3_600))
        #expect(try await sweepAll(bench).deleted == 0)
        bench.clock.advance(.seconds(86_400))
        #expect(try await sweepAll(bench).deleted == 20)
        // A wrong guess counts for a year.
        bench.clock.advance(.seconds(365 * 86_400))
        #expect(try await sweepAll(bench).deleted == 0)
        bench.clock.advance(.seconds(40 * 86_400))
        #expect(try await sweepAll(bench).deleted == 1)
        #expect(try await bench.attempts(TestBench.tag(99)) == nil)
    }

    @Test("a row in use is left for later")
    func inUse() async throws {
        let bench = TestBench()
        _ = try await bench.begin()
        bench.clock.advance(.seconds(7_200))
        bench.store.next(.conflict)
        let partition = PartitionCount.standard.partition(of: TestBench.tag(0).bytes)
        #expect(try await bench.engine.sweep(partition).skipped == 1)
        #expect(try await events(bench).isEmpty)
        #expect(try await bench.engine.sweep(partition).ended == 1)
        #expect(try await events(bench).count == 1)
    }

    @Test("a beginning that finds the sweeper late records what it clears away")
    func inline() async throws {
        let bench = TestBench()
        _ = try await bench.begin()
        bench.clock.advance(.seconds(7_200))
        _ = try await bench.begin()
        #expect(try await events(bench) == ["challengeAbandoned sends=1 guesses=0 method=sms"])
        #expect(try await bench.attempts()?.challenges.count == 1)
    }

    @Test("a row holds at most sixteen challenges; expired ones make room, live ones do not")
    func full() throws {
        var sends = SendPolicy()
        (sends.coolDown, sends.longestCoolDown, sends.hourlyLimit, sends.dailyLimit) = (.seconds(1), .seconds(1), 60, 200)
        let policy = try ChallengePolicy(sends: sends)
        let random = SeededRandom(1)
        var state = NumberAttempts()
        var now = Timestamp(milliseconds: 1_795_478_400_000)
        let start = now
        func begin() throws -> ChallengeDecision {
            let request = ChallengeRequest(
                id: ChallengeID(of: TestBench.tag(0), random: random), purpose: .verification, subject: nil,
                binding: try RequesterBinding(Requester(session: [1])), isDeliverable: true, codeKeyID: 1,
                rowSecret: RowSecret(random: random))
            return try decide(state, .begin(request), policy, at: now)
        }
        for _ in 0..<16 {
            state = try begin().state
            now = now + .seconds(10)
        }
        #expect(throws: OTPError.tooManySends(retryAfter: start + .seconds(600) - now)) { try begin() }
        now = start + .seconds(600)
        let decision = try begin()
        #expect(decision.ended.count == 1 && decision.state.challenges.count == 16)
    }
}
