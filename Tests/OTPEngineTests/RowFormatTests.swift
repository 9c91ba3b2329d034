import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("A number's row has one encoding, and nothing else is one")
struct RowFormatTests {
    private func attempts(_ random: SeededRandom) -> NumberAttempts {
        func time() -> Timestamp { Timestamp(milliseconds: Int64(bitPattern: random.next())) }
        var attempts = NumberAttempts()
        func budget() -> ExactBudget {
            var budget = ExactBudget()
            budget.sends = SendBudget(hour: time(), day: time(), run: UInt8(random.number(below: 256)), lastSent: time())
            budget.guesses = GuessBudget(
                hour: time(), day: time(), consecutive: UInt16(random.number(below: 65_536)), lastGuess: time(),
                failures: MonthlyFailures(
                    newest: UInt32(random.number(below: 120_001)), counts: (0..<13).map { _ in UInt16(random.number(below: 65_536)) }))
            return budget
        }
        attempts.budget = budget()
        if random.number(below: 2) == 0 { attempts.devices = budget() }
        for _ in 0..<random.number(below: 5) {
            let tries = Int(random.number(below: 10)) + 1
            let kinds: [MethodKind] = [.sms, .voice, .email, .authenticatorApp, .guardian, "passkey"]
            let method = kinds[Int(random.number(below: UInt64(kinds.count)))]
            let outcome = random.bytes(Int(random.number(below: 65)))
            attempts.challenges.append(
                Challenge(
                    id: ChallengeID(random.bytes(16)), purpose: ChallengePurpose.allCases[Int(random.number(below: 3))],
                    subject: random.number(below: 2) == 0 ? nil : SubjectID(random: random),
                    binding: RequesterBinding(Bytes32(random: random)), isDeliverable: random.number(below: 2) == 0,
                    method: method, reason: StepUpReason(rawValue: UInt8(random.number(below: 12))),
                    codeKeyID: UInt32(random.number(below: 1 << 32)), generation: UInt32(random.number(below: 1 << 32)),
                    digits: method.sendsCode ? Int(random.number(below: 5)) + 6 : 0, tries: tries, created: time(), expires: time(),
                    sends: Int(random.number(below: 65_536)),
                    paid: (0..<random.number(below: UInt64(tries) + 1)).map { _ in
                        Challenge.PaidGuess(
                            digest: AttemptDigest(bytes: random.bytes(16)), time: time(),
                            payer: GuessPayer(rawValue: UInt8(random.number(below: 3)) + 1)!)
                    },
                    state: random.number(below: 2) == 0
                        ? .live(RowSecret(random: random)) : .completed(by: AttemptDigest(bytes: random.bytes(16)), outcome: outcome)))
        }
        return attempts
    }

    private func decode(_ bytes: [UInt8]) throws(MalformedBytes) -> NumberAttempts {
        var reader = ByteReader(bytes)
        let attempts = try NumberAttempts(from: &reader)
        try reader.finish()
        return attempts
    }

    @Test("what is written is read", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        let attempts = attempts(SeededRandom(seed))
        #expect(try decode(attempts.encoded) == attempts)
    }

    @Test("every truncation is refused, and everything after the end", arguments: 0..<20 as Range<UInt64>)
    func truncation(seed: UInt64) {
        let bytes = attempts(SeededRandom(seed)).encoded
        for length in 0..<bytes.count { #expect(throws: MalformedBytes.self) { try decode(Array(bytes.prefix(length))) } }
        #expect(throws: MalformedBytes.self) { try decode(bytes + [0]) }
    }

    @Test("a changed byte is refused or is another row: no two encodings mean the same", arguments: 0..<6 as Range<UInt64>)
    func canonical(seed: UInt64) {
        let bytes = attempts(SeededRandom(seed)).encoded
        for index in bytes.indices {
            for change in [1, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] ^= change
                if let read = try? decode(changed) { #expect(read.encoded == changed) }
            }
        }
    }

    @Test("a row that names a month past the year 10,000 is none of ours, and stops nobody's process")
    func latestMonth() throws {
        var row = NumberAttempts().encoded
        // The newest month of the number's failures.
        let place = 1 + 51
        for month in [120_000, 120_001, 3_507_347_923, .max] as [UInt32] {
            row.replaceSubrange(place..<place + 4, with: withUnsafeBytes(of: month.bigEndian) { Array($0) })
            if month > 120_000 {
                #expect(throws: MalformedBytes.self) { try decode(row) }
            } else {
                #expect(try decode(row).encoded == row)
            }
        }
    }

    @Test("an empty row and a fresh challenge have the sizes the format says")
    func sizes() async throws {
        #expect(NumberAttempts().encoded.count == 84)
        let bench = TestBench()
        _ = try await bench.begin()
        #expect(try await bench.attempts()?.encoded.count == 84 + 116)
    }

    @Test("a row and its challenges are in the partition of the tag")
    func partition() async throws {
        let bench = TestBench()
        for seed in 0..<20 as Range<UInt64> {
            let id = try await bench.begin(TestBench.tag(seed)).id
            #expect(PartitionCount.large.partition(of: id.bytes) == PartitionCount.large.partition(of: TestBench.tag(seed).bytes))
        }
    }
}
