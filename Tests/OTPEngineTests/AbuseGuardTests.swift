import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Synchronization
import Testing

@testable import OTPEngine

@Suite("Codes to strangers' numbers cost a bounded sum, and nobody else a way in")
struct AbuseGuardTests {
    private static let tariff = Tariff(
        prices: [41: .init(text: Money(micros: 50_000), voice: Money(micros: 90_000))],
        otherwise: .init(text: Money(micros: 200_000), voice: Money(micros: 400_000)))

    private func policy(_ change: (inout AbusePolicy) -> Void = { _ in }) -> AbusePolicy {
        var policy = AbusePolicy()
        policy.tariff = Self.tariff
        change(&policy)
        return policy
    }

    private func route(country: UInt16 = 41, range: UInt8 = 0, block: UInt64 = 0) -> SendRoute {
        SendRoute(
            countryCallingCode: country, kind: .text, range: [UInt8(country), range], block: withUnsafeBytes(of: block) { Array($0) })
    }

    private func begin(
        _ bench: TestBench, _ engine: ChallengeEngine? = nil, number: UInt64, route: SendRoute?, network: String? = nil,
        proof: RequesterProof? = nil, deliverable: Bool = true, session: String = "session"
    ) async throws(OTPError) -> BegunChallenge {
        try await (engine ?? bench.engine).begin(
            .verification, tag: TestBench.tag(number), isDeliverable: deliverable, route: route,
            requester: Requester(session: Array(session.utf8), network: network, proof: proof), sealing: TestBench.content())
    }

    private func budget(_ bench: TestBench, _ key: SharedBudgetKey) async throws -> SharedBudget? {
        try await bench.store.wrapped.record(at: key.recordKey(.standard)).map { try decodeRecord($0, SharedBudget.init(from:)) }
    }

    @Test("a pumped range is closed within 50 messages, over three processes, and its neighbours stay open")
    func pumping() async throws {
        let bench = TestBench(abuse: policy())
        let engines = [bench.engine, bench.another(), bench.another()]
        var (sent, codes) = (0, Set<OTPError.Code>())
        for number in 0..<600 as Range<UInt64> {
            do {
                _ = try await begin(bench, engines[Int(number % 3)], number: number, route: route(range: 1, block: number))
                sent += 1
            } catch { codes.insert(error.code) }
            bench.clock.advance(.seconds(60))
        }
        #expect((40...50).contains(sent), "\(sent) messages")
        #expect(codes == [.rangeClosed])
        #expect(
            await bench.refusal { () throws(OTPError) in try await begin(bench, number: 9_000, route: route(range: 2, block: 1)) } == nil)
        // What it cost was known before.
        let bound = bench.abuse.lossBound(.text, to: 41, ranges: 1)
        try await settle(engines)
        let report = try #require(await bench.engine.spending(in: [41, 44]).first { $0.country == 41 })
        #expect(report.today.messages == sent + 1 && report.today.lost == Money(micros: 50_000) * (sent + 1))
        #expect(report.today.lost <= bound.moneyPerRange + Money(micros: 50_000))
    }

    private func settle(_ engines: [ChallengeEngine]) async throws {
        for engine in engines { try await engine.settleBudgets(idle: .zero) }
    }

    @Test("one code after another to adjacent numbers stops early")
    func adjacentNumbers() async throws {
        let bench = TestBench(abuse: policy())
        var refusals: [OTPError.Code] = []
        for number in 0..<30 as Range<UInt64> {
            do { _ = try await begin(bench, number: number, route: route(range: UInt8(number), block: 5)) } catch {
                refusals.append(error.code)
            }
        }
        #expect(refusals == [OTPError.Code](repeating: .adjacentNumbers, count: 20))
    }

    @Test("a network that used up its codes goes on with a proof of work, each good once and for its session")
    func proofOfWork() async throws {
        let bench = TestBench(abuse: policy { $0.proofDifficulty = 16 })
        let network = "198.51.100.7"
        for number in 0..<20 as Range<UInt64> {
            _ = try await begin(bench, number: number, route: route(range: UInt8(number), block: number), network: network)
        }
        func asked(_ number: UInt64, _ proof: RequesterProof? = nil, session: String = "session") async -> OTPError.Code? {
            await bench.refusal { () throws(OTPError) in
                try await begin(
                    bench, bench.another(), number: number, route: route(range: 200, block: number), network: "198.51.100.200",
                    proof: proof,
                    session: session)
            }
        }
        #expect(await asked(30) == .networkLimited)
        #expect(await asked(31, .checkedByHost) == nil)
        let puzzle = try bench.engine.puzzle(for: bench.requester)
        let solution = puzzle.solve()
        #expect(puzzle.text.utf8.count == 72)
        #expect(await asked(32, .work(solution), session: "thief") == .proofInvalid)
        #expect(await asked(32, .work(solution)) == nil)
        #expect(await asked(33, .work(solution)) == .proofInvalid)
        for wrong in ["", ".", puzzle.text, puzzle.text + ".", "\(puzzle.text).x", "AAAA.1", String(repeating: "A", count: 100_000), "é.1"]
        {
            #expect(await asked(34, .work(wrong)) == .proofInvalid)
        }
        let late = try bench.engine.puzzle(for: bench.requester).solve()
        bench.clock.advance(.seconds(600))
        #expect(await asked(35, .work(late)) == .proofInvalid)
    }

    @Test("a proof used twice at once sends one code")
    func proofOnce() async throws {
        let bench = TestBench(abuse: policy { $0.proofDifficulty = 16 })
        let solution = RequesterProof.work(try bench.engine.puzzle(for: bench.requester).solve())
        let engines = [bench.engine, bench.another()]
        let won = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 as Range<UInt64> {
                group.addTask {
                    await bench.refusal { () throws(OTPError) in
                        try await begin(
                            bench, engines[Int(number % 2)], number: number, route: route(range: UInt8(number), block: number),
                            network: "198.51.100.7", proof: solution)
                    } == nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
    }

    @Test("a closed range is no dead end: not to a device that has proven its number, nor to whom the host vouches for")
    func closedRange() async throws {
        let bench = TestBench(abuse: policy())
        let honest = try await begin(bench, number: 1, route: route(range: 1, block: 1))
        guard
            case .right(let guess) = try await bench.engine.pay(
                honest.token, code: try bench.right(honest), attempt: bench.attempt(), requester: bench.requester)
        else { return }
        _ = try await bench.engine.complete(guess, outcome: [])
        for number in 100..<200 as Range<UInt64> {
            _ = await bench.refusal { () throws(OTPError) in try await begin(bench, number: number, route: route(range: 1, block: number)) }
        }
        func refusal(_ number: UInt64, device: String? = nil, proof: RequesterProof? = nil) async -> OTPError.Code? {
            let (route, requester) = (
                route(range: 1, block: number), Requester(session: bench.requester.session, deviceToken: device, proof: proof)
            )
            do throws(OTPError) {
                try bench.engine.refuseIfLimited(route, requester: requester)
                _ = try await bench.engine.begin(
                    .verification, tag: TestBench.tag(number), route: route, requester: requester, sealing: TestBench.content())
                return nil
            } catch { return error.code }
        }
        bench.clock.advance(.seconds(31))
        #expect(await refusal(1) == .rangeClosed)
        #expect(await refusal(1, device: guess.device.text) == nil)
        #expect(await refusal(2, device: guess.device.text) == .rangeClosed, "the token is another number's")
        #expect(await refusal(3, proof: .checkedByHost) == nil)
    }

    @Test("many at once from several processes never pass the day's limit, in messages or in money", arguments: [true, false])
    func exactTogether(byMoney: Bool) async throws {
        let limit = 300
        let bench = TestBench(
            abuse: policy {
                $0.deployment =
                    byMoney
                    ? DailyLimits(messages: 1_000_000, money: Money(micros: 50_000) * limit)
                    : DailyLimits(messages: limit, money: Money(1_000_000))
                $0.range = ConversionLimits(credit: 100_000)
                $0.country = ConversionLimits(credit: 100_000)
            })
        let engines = (0..<4).map { _ in bench.another() }
        let sent = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<800 as Range<UInt64> {
                group.addTask {
                    do throws(OTPError) {
                        _ = try await begin(bench, engines[Int(number % 4)], number: number, route: route(block: number))
                        return true
                    } catch {
                        #expect([.deploymentLimited, .busy].contains(error.code))
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(sent <= limit)
        // Processes hold a sixteenth of what is left at most, so little is stranded.
        #expect(sent > limit * 3 / 4, "\(sent)")
    }

    @Test("what a commit does not do goes back, and one of unknown outcome counts as spent")
    func faults() async throws {
        let bench = TestBench(abuse: policy { $0.deployment.messages = 3 })
        // The number refuses: nothing is spent.
        _ = try await begin(bench, number: 1, route: nil)
        for _ in 0..<10 {
            #expect(await bench.refusal { () throws(OTPError) in try await begin(bench, number: 1, route: nil) } == .tooManySends)
        }
        bench.store.next(.unavailable)
        #expect(await bench.refusal { () throws(OTPError) in try await begin(bench, number: 2, route: nil) } == .unavailable)
        _ = try await begin(bench, number: 2, route: nil)
        bench.store.next(.unknownLanded, .unavailable, .unavailable, .unavailable)
        #expect(await bench.refusal { () throws(OTPError) in try await begin(bench, number: 3, route: nil) } == .busy)
        #expect(await bench.refusal { () throws(OTPError) in try await begin(bench, number: 4, route: nil) } == .deploymentLimited)
    }

    @Test("a decoy draws on the same budgets as a message, so that no limit tells who is known; only the bill leaves it out")
    func decoys() async throws {
        var histories: [[OTPError.Code?]] = []
        for isDeliverable in [true, false] {
            let bench = TestBench(abuse: policy())
            var history: [OTPError.Code?] = []
            for number in 0..<60 as Range<UInt64> {
                history.append(
                    await bench.refusal { () throws(OTPError) in
                        try await begin(bench, number: number, route: route(range: 1, block: number), deliverable: isDeliverable)
                    })
            }
            histories.append(history)
            try await settle([bench.engine])
            let report = try #require(await bench.engine.spending(in: [41]).first)
            #expect(report.today.messages == history.count { $0 == nil })
            #expect(report.today.spent == (isDeliverable ? Money(micros: 50_000) * report.today.messages : .zero))
        }
        #expect(histories[0] == histories[1] && Set(histories[0]) == [nil, .rangeClosed])
    }

    @Test("a country that is pumped in many ranges closes the quiet ones, not those where people sign up")
    func country() async throws {
        let bench = TestBench(abuse: policy { $0.country = ConversionLimits(credit: 60) })
        // Somebody completes in one range.
        let honest = try await begin(bench, number: 1, route: route(range: 250, block: 1))
        _ = try await bench.succeed(honest)
        try await settle([bench.engine])
        var sent = 0
        for number in 10..<400 as Range<UInt64> {
            if (try? await begin(bench, number: number, route: route(range: UInt8(number / 2 % 200), block: number))) != nil { sent += 1 }
            bench.clock.advance(.seconds(10))
        }
        #expect((50...90).contains(sent), "\(sent) messages")
        #expect(await bench.refusal { () throws(OTPError) in try await begin(bench, number: 2, route: route(range: 250, block: 2)) } == nil)
    }

    @Test("wrong codes are limited by network, right ones are not counted, and a proven device goes past")
    func guessesOfANetwork() async throws {
        let bench = TestBench(abuse: policy { $0.network.hourlyWrongGuesses = 8 })
        func requester(_ device: String? = nil) -> Requester {
            Requester(session: bench.requester.session, network: "203.0.113.9", deviceToken: device)
        }
        var device: String?
        for number in 0..<12 as Range<UInt64> {
            let challenge = try await begin(bench, number: number, route: nil)
            guard
                case .right(let guess) = try await bench.engine.pay(
                    challenge.token, code: try bench.right(challenge), attempt: bench.attempt(), requester: requester())
            else { continue }
            _ = try await bench.engine.complete(guess, outcome: [])
            device = guess.device.text
        }
        var wrong = 0
        for number in 20..<60 as Range<UInt64> {
            let challenge = try await begin(bench, number: number, route: nil)
            let refusal = await bench.refusal { () throws(OTPError) in
                try await bench.engine.pay(
                    challenge.token, code: bench.wrong(challenge), attempt: bench.attempt(), requester: requester())
            }
            if refusal == .wrongCode { wrong += 1 } else { #expect(refusal == .networkLimited) }
        }
        // Twelve completions let the network grow to 36.
        #expect((24...36).contains(wrong), "\(wrong)")
        bench.clock.advance(.seconds(60))
        let challenge = try await bench.engine.begin(
            .verification, tag: TestBench.tag(11), requester: requester(device), sealing: TestBench.content())
        guard
            case .right = try await bench.engine.pay(
                challenge.token, code: try bench.right(challenge), attempt: bench.attempt(), requester: requester(device))
        else {
            Issue.record("The owner's device was shut out.")
            return
        }
    }

    @Test("an attempt that was paid for is answered, whatever its network has used up since")
    func paidAttempt() async throws {
        let bench = TestBench(abuse: policy { $0.network.hourlyWrongGuesses = 4 })
        let requester = Requester(session: bench.requester.session, network: "203.0.113.9")
        let mine = try await begin(bench, number: 1, route: nil)
        let attempt = bench.attempt()
        func pay() async throws(OTPError) -> PaidGuess {
            try await bench.engine.pay(mine.token, code: bench.right(mine), attempt: attempt, requester: requester)
        }
        guard case .right = try await pay() else { return }
        for number in 10..<20 as Range<UInt64> {
            let other = try await begin(bench, number: number, route: nil)
            _ = await bench.refusal { () throws(OTPError) in
                try await bench.engine.pay(other.token, code: bench.wrong(other), attempt: bench.attempt(), requester: requester)
            }
        }
        let fresh = await bench.refusal { () throws(OTPError) in
            try await bench.engine.pay(mine.token, code: bench.wrong(mine), attempt: bench.attempt(), requester: requester)
        }
        #expect(fresh == .networkLimited)
        guard case .right = try await pay() else {
            Issue.record("What was paid for was not answered.")
            return
        }
    }

    @Test("a begin stays one read and one commit while slices are fetched, and a flood is refused without either")
    func costs() async throws {
        let counting = CountingStore()
        let bench = TestBench(abuse: policy())
        let engine = bench.another(over: counting)
        for number in 0..<60 as Range<UInt64> {
            let (allowed, route) = (number < 10, route(range: 3, block: number / 10))
            let isRefused = await bench.refusal { () throws(OTPError) in
                try await begin(bench, engine, number: number, route: route, network: "192.0.2.\(number)")
            }
            let counts = counting.take()
            if isRefused == nil { #expect(counts == .init(reads: 1, commits: 1)) } else { #expect(counts.commits == 0) }
            if allowed { #expect(isRefused == nil) }
        }
        #expect(throws: OTPError.self) {
            try engine.refuseIfLimited(route(range: 3, block: 0), requester: Requester(session: [1], network: "192.0.2.1"))
        }
        #expect(counting.take() == .init())
    }

    @Test("a made-up cookie or proof does not get past the first, cheap refusal")
    func garbage() async throws {
        let bench = TestBench(abuse: policy())
        for number in 0..<60 as Range<UInt64> {
            _ = await bench.refusal { () throws(OTPError) in try await begin(bench, number: number, route: route(range: 1, block: number)) }
        }
        func isRefused(_ device: String?, _ proof: RequesterProof?) -> Bool {
            do throws(OTPError) {
                try bench.engine.refuseIfLimited(
                    route(range: 1, block: 999), requester: Requester(session: [1], deviceToken: device, proof: proof))
                return false
            } catch { return true }
        }
        #expect(
            isRefused(nil, nil) && isRefused("x", nil) && isRefused(String(repeating: "A", count: 55), nil) && isRefused(nil, .work("")))
        #expect(!isRefused(nil, .checkedByHost))
    }

    @Test("text that is no address is no network of its own")
    func networkThatIsNone() async {
        let bench = TestBench(abuse: policy())
        let refusal = await bench.refusal { () throws(OTPError) in try await begin(bench, number: 1, route: nil, network: "unknown") }
        #expect(refusal == .requesterInvalid)
    }

    @Test("over midnight nobody spends yesterday's slice, nor gives it back to today", arguments: [0, 1, 7])
    func midnight(hosts: Int) async throws {
        let limit = 64
        let bench = TestBench(abuse: policy { $0.deployment.messages = limit })
        let engines = [bench.engine] + (0..<hosts).map { _ in bench.another() }
        // The clock stands at midnight.
        bench.clock.advance(.seconds(86_400 - 5))
        var days = [0, 0]
        for number in 0..<400 as Range<UInt64> {
            if number == 60 { bench.clock.advance(.seconds(10)) }
            let engine = engines[Int(number) % engines.count]
            if await bench.refusal({ () throws(OTPError) in try await begin(bench, engine, number: number, route: nil) }) == nil {
                days[number < 60 ? 0 : 1] += 1
            }
        }
        #expect(days[0] > 30 && days[1] > 40 && days.allSatisfy { $0 <= limit }, "\(days)")
        try await settle(engines)
        let row = try #require(await budget(bench, .deployment))
        #expect(Int(row.granted) == days[1] && row.granted <= UInt32(limit))
    }

    @Test("a slice fetched before midnight and granted after it leaves nothing of yesterday's to spend")
    func sliceOverMidnight() async throws {
        let (leases, use) = (BudgetLeases(policy: .standard), BudgetLeases.Use(key: .deployment, price: .zero))
        let midnight = Timestamp(milliseconds: 1_795_478_400_000)
        func slice(until: Timestamp) -> SharedBudget.Slice { .init(messages: 20, money: .zero, until: until, isTight: false) }
        let before = midnight - .milliseconds(10)
        let first = try await leases.hold([use], at: before)
        first.slices[use.key] = slice(until: midnight)
        first.committed()
        // Nineteen are left when the next slice is on its way, which comes a moment too late.
        let fetching = BudgetHold(leases: leases, at: before)
        fetching.carried = [BudgetHold.Carried(use: use, isNeeded: false)]
        fetching.slices[use.key] = slice(until: midnight + .seconds(86_400))
        fetching.committed()
        var spent = 0
        while true {
            let hold = try await leases.hold([use], at: midnight + .milliseconds(10))
            if hold.carried.contains(where: \.isNeeded) { break }
            spent += 1
            hold.committed()
        }
        #expect(spent == 20)
    }

    @Test("what a begin holds is let go with its commit, also while that value is still there; cancelled waiters go")
    func flights() async throws {
        let bench = TestBench(abuse: policy())
        var first = StagedCommit(random: bench.random)
        _ = try await bench.engine.stageBegin(
            .verification, tag: TestBench.tag(1), requester: bench.requester, sealing: TestBench.content(), in: &first)
        // Somebody waits for the slice that the first carries, and is cancelled.
        let waiting = Task { await bench.refusal { () throws(OTPError) in try await begin(bench, number: 2, route: nil) } }
        for _ in 0..<100 { await Task.yield() }
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
        bench.store.next(.conflict)
        await #expect(throws: StorageError.self) { try await first.commit(to: bench.store) }
        _ = try await begin(bench, number: 3, route: nil)
        #expect(first.changes.count > 0)
    }

    @Test("ten thousand begins a second of one deployment do not wait for each other, and hardly ever meet in its row")
    func tenThousandASecond() async throws {
        let bench = TestBench(
            abuse: policy {
                $0.deployment = DailyLimits(messages: 10_000_000, money: Money(10_000_000))
                $0.otherCountries = $0.deployment
                $0.range = ConversionLimits(credit: 100_000)
                $0.country = ConversionLimits(credit: 100_000)
            })
        let store = SlowStore()
        let engines = (0..<3).map { _ in bench.another(over: store) }
        var (warm, warmWaits) = (0, UInt64(0))
        // Each hundredth of a second a hundred people come at once, while those of before are still under way.
        for moment in 0..<110 {
            if moment == 10 { (warm, warmWaits) = (store.deploymentCommits, engines.reduce(0) { $0 + $1.leases.waits }) }
            let refused = await withTaskGroup(of: Bool.self) { group in
                for person in 0..<100 {
                    let number = UInt64(moment * 100 + person)
                    group.addTask {
                        await bench.refusal { () throws(OTPError) in
                            try await begin(bench, engines[person % 3], number: number, route: route(range: UInt8(person), block: number))
                        } != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused == 0)
            bench.clock.advance(.milliseconds(10))
        }
        // Of 10,000.
        #expect(store.deploymentCommits - warm < 100, "\(store.deploymentCommits - warm) commits of the deployment's row")
        #expect(engines.reduce(0) { $0 + $1.leases.waits } - warmWaits < 100)
        #expect(store.conflicts < 1_000, "\(store.conflicts) conflicts")
    }

    @Test("memory stays bounded whatever strangers send")
    func memory() async throws {
        let leases = BudgetLeases(policy: .standard, capacity: 64)
        for index in 0..<5_000 as Range<UInt64> {
            let name = BudgetName(index)
            let hold = try await leases.hold([.init(key: .block(name), price: .zero)], at: Timestamp(milliseconds: Int64(index)))
            hold.committed()
        }
        #expect(leases.count <= 64)
    }

    @Test("limits that are none are refused")
    func weakPolicies() {
        for change in [
            { $0.network.hourlySends = 0 }, { $0.range.credit = 0 }, { $0.country.firstProbe = .zero }, { $0.deployment.messages = -1 },
            { $0.adjacentNumbers = 0 }, { $0.proofDifficulty = 8 }, { $0.tariff.otherwise.text = Money(micros: -1) },
            { $0.countries[1] = DailyLimits(messages: -1, money: .zero) },
        ] as [@Sendable (inout AbusePolicy) -> Void] {
            #expect(throws: OTPError.self) { try policy(change).validate() }
        }
    }
}
