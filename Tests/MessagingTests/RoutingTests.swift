import IdentityTypes
import PhoneNormalization
import RecordStorage
import Synchronization
import Testing

@testable import Messaging

/// A route that answers by a rule.
private final class TestRoute: MessageTransport {
    let name: String
    let capabilities: TransportCapabilities
    private let rule: @Sendable (Int) -> TransportError?
    private let seen = Mutex<[String]>([])
    private let feedback = Mutex(0)

    init(_ name: String, countries: Set<UInt16>? = nil, _ rule: @escaping @Sendable (Int) -> TransportError? = { _ in nil }) {
        self.name = name
        self.rule = rule
        capabilities = TransportCapabilities(channels: [.sms], countries: countries)
    }

    var count: Int { seen.withLock { $0.count } }
    var heard: Int { feedback.withLock { $0 } }

    func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let index = seen.withLock { seen in
            seen.append(message.idempotencyKey)
            return seen.count
        }
        if let error = rule(index) { throw error }
        return MessageReceipt(route: name, gatewayIDs: ["\(name)-\(index)"])
    }

    func note(_ event: RouteFeedback) { feedback.withLock { $0 += 1 } }

    static func failing(_ name: String, _ code: TransportError.Code = .notSent, _ cause: ProviderRefusal.Cause = .gatewayDown) -> TestRoute
    {
        TestRoute(name) { _ in TransportError(code, ProviderRefusal(cause, provider: name, providerCode: "", of: .unknown)) }
    }
}

private final class StepClock: TimeSource {
    private let time = Mutex(Timestamp(milliseconds: 1_000_000))
    let slept = Mutex<[Duration]>([])
    func now() -> Timestamp { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
    func sleep(for duration: Duration) async throws(CancellationError) {
        slept.withLock { $0.append(duration) }
        if Task.isCancelled { throw CancellationError() }
    }
}

@Suite struct RoutingTests {
    private let clock = StepClock()
    private let swiss = MessageDestination(countryCallingCode: 41)

    private func send(_ transport: some MessageTransport, _ key: String = "k", to destination: MessageDestination? = nil) async throws
        -> MessageReceipt
    {
        try await transport.send(try message(key: key, destination: destination ?? swiss))
    }

    @Test func `The next route takes what the first certainly did not send`() async throws {
        let (first, second) = (TestRoute.failing("a"), TestRoute("b"))
        let chain = FallbackTransport([first, second], time: clock)
        #expect(try await send(chain).route == "b")
        #expect(first.count == 1 && second.count == 1)
    }

    @Test(arguments: [TransportError.Code.maybeSent, .refused])
    func `What may have been sent, and a number that is none, is given to no other route`(_ code: TransportError.Code) async throws {
        let first = TestRoute.failing("a", code, code == .maybeSent ? .gatewayDown : .numberInvalid)
        let second = TestRoute("b")
        let error = await #expect(throws: TransportError.self) { try await send(FallbackTransport([first, second], time: clock)) }
        #expect(error?.code == code && second.count == 0)
    }

    @Test func `A refusal that is the route's own, such as a region that is off, is another route's chance`() async throws {
        for cause in [ProviderRefusal.Cause.regionDisabled, .senderNotRegistered, .insufficientFunds, .filtered] {
            #expect(try await send(FallbackTransport([TestRoute.failing("a", .refused, cause), TestRoute("b")], time: clock)).route == "b")
        }
    }

    @Test func `A route that keeps failing is left alone, one message tries it, and it is taken back`() async throws {
        let broken = Mutex(true)
        let first = TestRoute("a") { _ in broken.withLock { $0 } ? TransportError(.notSent, "Down.") : nil }
        let chain = FallbackTransport([first, TestRoute("b")], time: clock)
        for index in 0..<20 { _ = try await send(chain, "k\(index)") }
        #expect(first.count == CircuitPolicy().failures)
        clock.advance(by: CircuitPolicy().rest)
        for index in 0..<5 { _ = try await send(chain, "l\(index)") }
        #expect(first.count == CircuitPolicy().failures + 1)
        // The rest has doubled.
        clock.advance(by: CircuitPolicy().rest)
        _ = try await send(chain)
        #expect(first.count == CircuitPolicy().failures + 1)
        broken.withLock { $0 = false }
        clock.advance(by: CircuitPolicy().rest)
        #expect(try await send(chain).route == "a")
        #expect(try await send(chain).route == "a")
    }

    @Test func `All routes resting is said with when to come again, and none for a country as that`() async throws {
        let chain = FallbackTransport([TestRoute.failing("a")], time: clock)
        for _ in 0..<6 { _ = try? await send(chain) }
        let error = await #expect(throws: TransportError.self) { try await send(chain) }
        #expect(error?.code == .notSent && error?.retryAfter == CircuitPolicy().rest)
        let local = FallbackTransport([TestRoute("b", countries: [1])], time: clock)
        #expect(await #expect(throws: TransportError.self) { try await send(local) }?.code == .unsupported)
        #expect(local.capabilities.countries == [1] && chain.capabilities.countries == nil)
    }

    @Test func `What fails together rests once, and late answers neither prolong nor end it`() {
        let breaker = CircuitBreaker(CircuitPolicy())
        func pass() -> CircuitBreaker.Pass? { if case .pass(let pass) = breaker.ask(at: clock.now()) { pass } else { nil } }
        let together = (0..<16).compactMap { _ in pass() }
        #expect(together.count == 16)
        for one in together { breaker.failed(one, at: clock.now(), pause: nil) }
        breaker.succeeded(together[0])
        #expect(breaker.ask(at: clock.now()) == .rest(until: clock.now() + CircuitPolicy().rest))
        clock.advance(by: CircuitPolicy().rest)
        guard let probe = pass() else { return #expect(Bool(false), "nobody may try") }
        #expect(probe.isProbe && pass() == nil)
        breaker.failed(together[1], at: clock.now(), pause: nil)
        #expect(pass() == nil)
        breaker.gaveUp(probe)
        guard let second = pass() else { return #expect(Bool(false), "nobody may try again") }
        breaker.succeeded(second)
        #expect(pass()?.isProbe == false)
    }

    @Test func `A limit of our own sends the next route in, and closes none`() async throws {
        let (first, second) = (TestRoute("a"), TestRoute("b"))
        let limited = RateLimitedTransport(first, perSecond: 1, burst: 1, longestWait: .zero, time: clock)
        let chain = FallbackTransport([limited, second], time: clock)
        #expect(try await send(chain).route == "a")
        for _ in 0..<9 { #expect(try await send(chain).route == "b") }
        clock.advance(by: .seconds(1))
        #expect(try await send(chain).route == "a")
    }

    @Test func `Many at once through a half-open route: one of them tries it`() async throws {
        let first = TestRoute.failing("a")
        let chain = FallbackTransport([first, TestRoute("b")], time: clock)
        for _ in 0..<6 { _ = try? await send(chain) }
        clock.advance(by: .seconds(60))
        let before = first.count
        let routes = await withTaskGroup(of: String?.self) { group in
            for index in 0..<50 { group.addTask { try? await send(chain, "p\(index)").route } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(routes.allSatisfy { $0 == "b" } && first.count == before + 1)
    }

    @Test func `Traffic goes where a completed verification costs least, and some of it elsewhere, to know`() async throws {
        let routes = ["cheap", "good"].map { TestRoute($0) }
        let weighted = WeightedTransport(
            [
                .init(routes[0], prices: [41: Money(micros: 40_000)], otherwise: Money(1)),
                .init(routes[1], prices: [41: Money(micros: 60_000)], otherwise: Money(1)),
            ], random: SystemRandomSource())
        // At first both are taken to convert alike, so the cheaper one leads; then four of five messages by it are lost.
        for index in 0..<1_000 {
            let receipt = try await send(weighted, "w\(index)")
            #expect(receipt.price == Money(micros: receipt.route == "cheap" ? 40_000 : 60_000))
            let completes = receipt.route == "good" ? index % 10 < 8 : index % 10 < 2
            if completes {
                weighted.note(RouteFeedback(route: receipt.route, countryCallingCode: 41, channel: .sms, event: .completed))
            }
        }
        #expect(routes[1].count > 800 && routes[0].count > 10)
        #expect(routes.allSatisfy { $0.heard > 0 })
        // Another country knows nothing of it.
        let other = try await send(weighted, to: MessageDestination(countryCallingCode: 49))
        #expect(other.price == Money(1))
    }

    @Test func `A rate lets a burst through, has the others wait their turn, and refuses who would wait too long`() async throws {
        let route = TestRoute("a")
        let limited = RateLimitedTransport(route, perSecond: 2, burst: 3, longestWait: .seconds(2), time: clock)
        for index in 0..<7 { _ = try await send(limited, "r\(index)") }
        #expect(clock.slept.withLock { $0 } == [.milliseconds(500), .seconds(1), .milliseconds(1_500), .seconds(2)])
        let error = await #expect(throws: TransportError.self) { try await send(limited) }
        #expect(error?.code == .notSent && error?.refusal?.cause == .throttled && route.count == 7)
        clock.advance(by: .seconds(60))
        for index in 0..<3 { _ = try await send(limited, "s\(index)") }
        #expect(clock.slept.withLock { $0.count } == 4)
        #expect(limited.name == "a")
    }

    @Test func `A dry run counts what it would have cost, and codes go by their own way`() async throws {
        let dry = DryRunTransport(like: TransportCapabilities(channels: [.sms], countries: [41]))
        for index in 0..<3 { _ = try await send(dry, "d\(index)") }
        #expect(dry.byCountry[41]?.messages == 3 && dry.byCountry[41]?.parts == 3)
        #expect(await #expect(throws: TransportError.self) { try await send(dry, to: .unknown) }?.code == .unsupported)
        let (codes, others) = (TestRoute("codes"), TestRoute("others"))
        let divided = DividedTransport(codes: codes, others: others)
        #expect(try await send(divided).route == "codes" && others.count == 0)
        let lines = Mutex<[String]>([])
        let console = ConsoleTransport { line in lines.withLock { $0.append(line) } }
        _ = try await send(console)
        #expect(lines.withLock { $0 } == ["[sms to +\(number)] Example: your code is 493817."])
    }

    @Test func `The language of every region is one that there is`() {
        for code in ["CH", "BR", "PT", "US", "IN", "TW", "CN", "EG", "RS", "KE", "ZZ"] {
            guard let region = Region(code) as Region? else { continue }
            #expect(CodeTemplate.languages.contains(CodeTemplate.language(of: region)))
        }
        #expect(
            CodeTemplate.language(of: "BR") != "en" && CodeTemplate.language(of: "US") == "en" && CodeTemplate.language(of: "CH") == "de")
    }
}

@Suite struct DispatcherLoadTests {
    @Test func `A hundred thousand messages wait in bounded memory, the next is refused, and all of them pass through in their order`()
        async throws
    {
        let count = 100_000
        let queue = MessageQueue(capacity: count)
        for index in 0..<count { try queue.reserve().fill(.message(try message(key: "\(index)"))) }
        #expect(#expect(throws: TransportError.self) { _ = try queue.reserve() }?.code == .queueFull)
        var next = 0
        // As many again pass through while it is full: places are used again.
        for index in 0..<count {
            guard case .message(let message)? = await queue.next() else { break }
            #expect(message.idempotencyKey == messageName("\(next)").text)
            message.wipe()
            next += 1
            try queue.reserve().fill(.message(try Tests.again(index)))
        }
        #expect(next == count && queue.count == count)
    }

    private enum Tests {
        static func again(_ index: Int) throws -> OutboundMessage { try message(key: "again-\(index)") }
    }
}
